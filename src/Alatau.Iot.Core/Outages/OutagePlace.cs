using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>A feeder or transformer that is judged, with all that it feeds; or a gateway or bridge, with all that is reached through it. Immutable once its map is made.</summary>
public sealed class OutagePlace
{
    private readonly List<OutagePlace> _children = [];

    internal OutagePlace(int index, AssetHandle handle, Asset asset, AlarmRule rule)
    {
        (Index, Asset, Id, DisplayName, Rule, Condition) = (index, handle, asset.Id, asset.DisplayName, rule.Name, (OutageCondition)rule.Condition);
        Cause = !Condition.IsConnection ? OutageCause.Mains : asset.Kind == AssetKind.Bridge ? OutageCause.Broker : OutageCause.Gateway;
    }

    /// <summary>Its index in the map.</summary>
    public int Index { get; }

    public AssetHandle Asset { get; }

    public AssetId Id { get; }

    public string DisplayName { get; }

    /// <summary>The rule it is judged by.</summary>
    public string Rule { get; }

    public OutageCondition Condition { get; }

    /// <summary>What its loss is to those that depend on it.</summary>
    public OutageCause Cause { get; }

    /// <summary>Whether others are reached through it, rather than fed.</summary>
    public bool IsConnection => Condition.IsConnection;

    /// <summary>The judged place of the same sort directly above; null for the highest.</summary>
    public OutagePlace? Parent { get; internal set; }

    public IReadOnlyList<OutagePlace> Children => _children;

    /// <summary>Customers' meters that hang on it and on no judged place below it; indexes of their handles.</summary>
    internal int[] DirectMeters { get; set; } = [];

    /// <summary>All customers' meters below it, or all devices reached through it; indexes of their handles.</summary>
    internal int[] Meters { get; set; } = [];

    /// <summary>All assets below it, of any kind, and itself: those whose silence its outage suppresses.</summary>
    public IReadOnlyList<AssetHandle> Members { get; internal set; } = [];

    /// <summary>How long it may be before its own silence is known, and that of what it is reached through itself, in ms; 0 for mains, for a bridge, whose loss is known at once, and when no interval is known.</summary>
    internal long KnownAfter { get; set; }

    /// <summary>Customers' meters below it, or devices reached through it.</summary>
    public int MeterCount => Meters.Length;

    /// <summary>A connection: nothing came through it after this instant when it was gone from <paramref name="start"/> on, as far as anybody knows.</summary>
    internal Instant LastHeard(Instant start) => new(start.UnixMilliseconds + KnownAfter + (long)Condition.Within.TotalMilliseconds);

    internal void Add(OutagePlace child) => _children.Add(child);
}
