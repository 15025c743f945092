using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Outages;

/// <summary>Shows the outages as they stand. Any thread.</summary>
public interface IOutageBoard
{
    /// <summary>The open outages, the widest first.</summary>
    IReadOnlyList<OutageView> Open();

    /// <summary>Meters of a place that are silent in its outage now, in the fleet's order; empty when the place has none.</summary>
    /// <param name="most">Most to answer.</param>
    IReadOnlyList<AssetHandle> SilentMeters(OutagePlace place, int most);
}
