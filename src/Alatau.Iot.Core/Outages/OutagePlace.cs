using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;

namespace Alatau.Iot.Core.Outages;

/// <summary>A feeder or transformer that is judged, with all that it feeds. Immutable once its map is made.</summary>
public sealed class OutagePlace
{
    private readonly List<OutagePlace> _children = [];

    internal OutagePlace(int index, AssetHandle asset, AssetId id, string displayName, AlarmRule rule) =>
        (Index, Asset, Id, DisplayName, Rule, Condition) = (index, asset, id, displayName, rule.Name, (OutageCondition)rule.Condition);

    /// <summary>Its index in the map.</summary>
    public int Index { get; }

    public AssetHandle Asset { get; }

    public AssetId Id { get; }

    public string DisplayName { get; }

    /// <summary>The rule it is judged by.</summary>
    public string Rule { get; }

    public OutageCondition Condition { get; }

    /// <summary>The judged place directly above; null for the highest.</summary>
    public OutagePlace? Parent { get; internal set; }

    public IReadOnlyList<OutagePlace> Children => _children;

    /// <summary>Customers' meters that hang on it and on no judged place below it; indexes of their handles.</summary>
    internal int[] DirectMeters { get; set; } = [];

    /// <summary>All customers' meters below it; indexes of their handles.</summary>
    internal int[] Meters { get; set; } = [];

    /// <summary>All assets below it, of any kind, and itself: those whose silence its outage suppresses.</summary>
    public IReadOnlyList<AssetHandle> Members { get; internal set; } = [];

    /// <summary>Customers' meters below it.</summary>
    public int MeterCount => Meters.Length;

    internal void Add(OutagePlace child) => _children.Add(child);
}
