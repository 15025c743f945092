using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;

namespace Alatau.Iot.Core.Outages;

/// <summary>Which places are judged for outages, and what hangs on them. Immutable; any thread may read it.</summary>
public sealed class OutageMap
{
    /// <summary>A map without a place: nothing is judged.</summary>
    public static readonly OutageMap Empty = new(new AssetDirectory(1), new Dictionary<AssetId, AssetId>(), []);

    private const int None = -1;
    internal const long SlackMilliseconds = 1000;

    private readonly int[] _placeOf;
    private readonly int[] _above;
    private readonly int[] _through;
    private readonly long[] _withinAbove;
    private readonly Dictionary<int, int> _customers = [];

    /// <param name="topology">Who feeds whom. A feeder or transformer without a device has no alarms; what hangs on it counts for the asset above it.</param>
    /// <param name="assets">Has the fleets' assets.</param>
    /// <param name="rules">As in the other constructor.</param>
    /// <param name="customers">Customers behind a meter, where it is another number than one.</param>
    /// <param name="at">The instant whose relations count.</param>
    /// <param name="links">What assets are reached through.</param>
    public static OutageMap Of(Topology topology, AssetDirectory assets, IEnumerable<AlarmRule> rules, IReadOnlyDictionary<AssetId, int> customers, IEnumerable<Link> links, Instant at)
    {
        var fedBy = new Dictionary<AssetId, AssetId>();
        for (int index = 0; index < topology.Count; index++)
        {
            var node = new TopologyNode(index);
            if (!topology.TryAsset(node, out var asset))
            {
                continue;
            }

            while (topology.TryFeeder(node, at, out node))
            {
                if (topology.TryAsset(node, out var above))
                {
                    fedBy[assets[asset].Id] = assets[above].Id;
                    break;
                }
            }
        }

        return new OutageMap(assets, fedBy, rules, customers, links.Where(l => l.Holds(at)).ToDictionary(l => l.Child, l => l.Parent));
    }

    /// <param name="assets">Has the fleets' assets.</param>
    /// <param name="fedBy">For each asset that has one, the asset directly above it; without a circle.</param>
    /// <param name="rules">Those with an <see cref="OutageCondition"/> say which kinds of assets are judged; of several for one kind the first counts.</param>
    /// <param name="customers">Customers behind a meter, where it is another number than one; null for none.</param>
    /// <param name="through">For each asset that has one, the gateway or bridge directly between it and the platform, without a circle; null for none.</param>
    public OutageMap(
        AssetDirectory assets,
        IReadOnlyDictionary<AssetId, AssetId> fedBy,
        IEnumerable<AlarmRule> rules,
        IReadOnlyDictionary<AssetId, int>? customers = null,
        IReadOnlyDictionary<AssetId, AssetId>? through = null)
    {
        AlarmRule[] outages = [.. rules.Where(r => r.Condition is OutageCondition { IsConnection: false })];
        AlarmRule[] connections = [.. rules.Where(r => r.Condition is OutageCondition { IsConnection: true })];
        var feeds = Indexes(assets, fedBy);
        var links = Indexes(assets, through ?? new Dictionary<AssetId, AssetId>());
        var places = new List<OutagePlace>();
        foreach (int index in feeds.Values.Distinct().Order())
        {
            Add(places, assets, index, Array.Find(outages, r => r.AppliesTo(assets[new AssetHandle(index)])));
        }

        for (int index = 0; connections.Length > 0 && index < assets.Count; index++)
        {
            // One that nothing is reached through is an alarm as well.
            Add(places, assets, index, Array.Find(connections, r => r.AppliesTo(assets[new AssetHandle(index)])));
        }

        int size = places.Count == 0 ? 0 : 1 + places.Select(p => p.Asset.Index).Concat(feeds.Keys).Concat(links.Keys).Max();
        (_placeOf, _above, _through, _withinAbove) = (new int[size], new int[size], new int[size], new long[size]);
        Array.Fill(_placeOf, None);
        Array.Fill(_above, None);
        Array.Fill(_through, None);
        foreach (var place in places)
        {
            _placeOf[place.Asset.Index] = place.Index;
        }

        foreach (var (id, count) in customers ?? new Dictionary<AssetId, int>())
        {
            if (assets.TryFind(id, out var handle))
            {
                _customers[handle.Index] = count;
            }
        }

        Places = places;
        if (size > 0)
        {
            Connect(assets, feeds, isConnection: false, _above);
            Connect(assets, links, isConnection: true, _through);
        }
    }

    /// <summary>All judged places.</summary>
    public IReadOnlyList<OutagePlace> Places { get; }

    /// <summary>Handles from this index on are in no place.</summary>
    public int Size => _placeOf.Length;

    /// <summary>The judged place that an asset is; null when it is none.</summary>
    public OutagePlace? PlaceOf(AssetHandle asset) => asset.Index < _placeOf.Length && _placeOf[asset.Index] is not None and var place ? Places[place] : null;

    /// <summary>The lowest judged place that an asset is fed by, itself apart; null for none.</summary>
    public OutagePlace? PlaceAbove(AssetHandle asset) => asset.Index < _above.Length && _above[asset.Index] is not None and var place ? Places[place] : null;

    /// <summary>The judged gateway or bridge next between an asset and the platform, itself apart; null for none.</summary>
    public OutagePlace? Through(AssetHandle asset) => asset.Index < _through.Length && _through[asset.Index] is not None and var place ? Places[place] : null;

    /// <summary>Whether an asset is, or hangs on, a judged place.</summary>
    public bool Has(AssetHandle asset) => asset.Index < _withinAbove.Length && _withinAbove[asset.Index] > 0;

    /// <summary>Customers behind a meter, by the index of its handle.</summary>
    internal int CustomersOf(int meter) => _customers.Count == 0 ? 1 : _customers.GetValueOrDefault(meter, 1);

    /// <summary>For how long the silence alarm of an asset waits while it is judged whether an outage is its cause; 0 when nothing is judged.</summary>
    /// <param name="intervalMilliseconds">By how much its neighbours' silence may come later than its own.</param>
    public long HoldMilliseconds(AssetHandle asset, long intervalMilliseconds) => Has(asset)
        ? intervalMilliseconds + SettleMilliseconds(_withinAbove[asset.Index], intervalMilliseconds) + _withinAbove[asset.Index] + SlackMilliseconds + (Through(asset)?.KnownAfter ?? 0)
        : 0;

    /// <summary>How long an outage waits, once enough meters are silent, for others and for a wider one.</summary>
    internal static long SettleMilliseconds(long within, long interval) => within + (interval / 4);

    private static void Add(List<OutagePlace> places, AssetDirectory assets, int index, AlarmRule? rule)
    {
        if (rule is not null)
        {
            var handle = new AssetHandle(index);
            places.Add(new OutagePlace(places.Count, handle, assets[handle], rule));
        }
    }

    private static Dictionary<int, int> Indexes(AssetDirectory assets, IReadOnlyDictionary<AssetId, AssetId> relation)
    {
        var parents = new Dictionary<int, int>();
        foreach (var (child, parent) in relation)
        {
            if (assets.TryFind(child, out var below) && assets.TryFind(parent, out var above))
            {
                parents[below.Index] = above.Index;
            }
        }

        return parents;
    }

    private void Connect(AssetDirectory assets, Dictionary<int, int> parents, bool isConnection, int[] above)
    {
        OutagePlace[] places = [.. Places.Where(p => p.IsConnection == isConnection)];
        var direct = places.ToDictionary(p => p, _ => new List<int>());
        var meters = places.ToDictionary(p => p, _ => new List<int>());
        var members = places.ToDictionary(p => p, p => new List<AssetHandle> { p.Asset });
        foreach (var place in places)
        {
            place.Parent = Above(place.Asset.Index, parents, isConnection);
            place.Parent?.Add(place);
            Keep(place.Asset.Index, place);
        }

        foreach (int index in parents.Keys.Order())
        {
            bool isCounted = assets[new AssetHandle(index)].Kind is var kind && (isConnection ? kind != AssetKind.Gateway : kind == AssetKind.Meter);
            var first = Above(index, parents, isConnection);
            above[index] = first?.Index ?? None;
            for (var place = first; place is not null; place = place.Parent)
            {
                members[place].Add(new AssetHandle(index));
                Keep(index, place);
                if (isCounted)
                {
                    meters[place].Add(index);
                }
            }

            if (isCounted && first is not null)
            {
                direct[first].Add(index);
            }
        }

        foreach (var place in places)
        {
            (place.DirectMeters, place.Meters, place.Members) = ([.. direct[place]], [.. meters[place]], [.. members[place]]);
            for (var way = place; way is { Cause: OutageCause.Gateway }; way = way.Parent)
            {
                long interval = (long)(assets[way.Asset].ReportingInterval ?? TimeSpan.Zero).TotalMilliseconds;
                place.KnownAfter = Math.Max(place.KnownAfter, interval * AlarmSilence.IntervalsUntilSilent);
            }
        }
    }

    private void Keep(int index, OutagePlace place) => _withinAbove[index] = Math.Max(_withinAbove[index], (long)place.Condition.Within.TotalMilliseconds);

    /// <summary>The nearest judged place of the sort above.</summary>
    private OutagePlace? Above(int index, Dictionary<int, int> parents, bool isConnection)
    {
        int steps = 0;
        while (parents.TryGetValue(index, out index) && steps++ < parents.Count)
        {
            if (_placeOf[index] != None && Places[_placeOf[index]].IsConnection == isConnection)
            {
                return Places[_placeOf[index]];
            }
        }

        return null;
    }
}
