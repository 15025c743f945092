using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A device that watches its surroundings and has no part in the grid.</summary>
internal abstract class SurroundingModel(Asset asset, ReadingLayout layout) : AssetModel(asset, layout)
{
    /// <summary>Goes on by a step and shows the values.</summary>
    internal abstract void Advance(SiteModel site, TimeSpan step);
}
