using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A device that knows the truth of its asset: its last values, in the order of its layout. Owned by one thread.</summary>
internal abstract class AssetModel(Asset asset, ReadingLayout layout)
{
    internal Asset Asset { get; } = asset;

    internal ReadingLayout Layout { get; } = layout;

    /// <summary>The values at the moment of the last step, in canonical units; NaN where there is none.</summary>
    internal double[] Values { get; } = new double[layout.Count];
}
