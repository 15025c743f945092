using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;

namespace Alatau.Iot.Core.Outages;

/// <summary>Which places are judged for outages, and what hangs on them. Immutable; any thread may read it.</summary>
public sealed class OutageMap
{
    /// <summary>A map without a place: nothing is judged.</summary>
    public static readonly OutageMap Empty = new(new AssetDirectory(1), new Dictionary<AssetId, AssetId>(), []);

    private const int None = -1;
    private const long SlackMilliseconds = 1000;

    private readonly int[] _placeOf;
    private readonly int[] _above;
    private readonly long[] _withinAbove;
    private readonly Dictionary<int, int> _customers = [];

    /// <param name="topology">Who feeds whom. A feeder or transformer without a device has no alarms; what hangs on it counts for the asset above it.</param>
    /// <param name="assets">Has the fleets' assets.</param>
    /// <param name="rules">As in the other constructor.</param>
    /// <param name="customers">Customers behind a meter, where it is another number than one.</param>
    /// <param name="at">The instant whose relations count.</param>
    public static OutageMap Of(Topology topology, AssetDirectory assets, IEnumerable<AlarmRule> rules, IReadOnlyDictionary<AssetId, int> customers, Instant at)
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

        return new OutageMap(assets, fedBy, rules, customers);
    }

    /// <param name="assets">Has the fleets' assets.</param>
    /// <param name="fedBy">For each asset that has one, the asset directly above it; without a circle.</param>
    /// <param name="rules">Those with an <see cref="OutageCondition"/> say which kinds of assets are judged; of several for one kind the first counts.</param>
    /// <param name="customers">Customers behind a meter, where it is another number than one; null for none.</param>
    public OutageMap(AssetDirectory assets, IReadOnlyDictionary<AssetId, AssetId> fedBy, IEnumerable<AlarmRule> rules, IReadOnlyDictionary<AssetId, int>? customers = null)
    {
        AlarmRule[] outages = [.. rules.Where(r => r.Condition is OutageCondition)];
        var parents = new Dictionary<int, int>();
        foreach (var (child, parent) in fedBy)
        {
            if (assets.TryFind(child, out var below) && assets.TryFind(parent, out var above))
            {
                parents[below.Index] = above.Index;
            }
        }

        int size = outages.Length == 0 || parents.Count == 0 ? 0 : Math.Max(parents.Keys.Max(), parents.Values.Max()) + 1;
        _placeOf = new int[size];
        _above = new int[size];
        _withinAbove = new long[size];
        Array.Fill(_placeOf, None);
        Array.Fill(_above, None);
        var places = new List<OutagePlace>();
        foreach (int index in parents.Values.Where(_ => size > 0).Distinct().Order())
        {
            var asset = assets[new AssetHandle(index)];
            if (Array.Find(outages, r => r.AppliesTo(asset)) is { } rule)
            {
                _placeOf[index] = places.Count;
                places.Add(new OutagePlace(places.Count, new AssetHandle(index), asset.Id, asset.DisplayName, rule));
            }
        }

        foreach (var (id, count) in customers ?? new Dictionary<AssetId, int>())
        {
            if (assets.TryFind(id, out var handle))
            {
                _customers[handle.Index] = count;
            }
        }

        Places = places;
        Connect(assets, parents);
    }

    /// <summary>All judged places.</summary>
    public IReadOnlyList<OutagePlace> Places { get; }

    /// <summary>Handles from this index on are in no place.</summary>
    public int Size => _placeOf.Length;

    /// <summary>The judged place that an asset is; null when it is none.</summary>
    public OutagePlace? PlaceOf(AssetHandle asset) => asset.Index < _placeOf.Length && _placeOf[asset.Index] is not None and var place ? Places[place] : null;

    /// <summary>The lowest judged place that an asset hangs on, itself apart; null for none.</summary>
    public OutagePlace? PlaceAbove(AssetHandle asset) => asset.Index < _above.Length && _above[asset.Index] is not None and var place ? Places[place] : null;

    /// <summary>Whether an asset is, or hangs on, a judged place.</summary>
    public bool Has(AssetHandle asset) => asset.Index < _withinAbove.Length && _withinAbove[asset.Index] > 0;

    /// <summary>Customers behind a meter, by the index of its handle.</summary>
    internal int CustomersOf(int meter) => _customers.Count == 0 ? 1 : _customers.GetValueOrDefault(meter, 1);

    /// <summary>For how long the silence alarm of an asset waits while it is judged whether an outage is its cause; 0 when nothing is judged.</summary>
    /// <param name="intervalMilliseconds">By how much its neighbours' silence may come later than its own.</param>
    public long HoldMilliseconds(AssetHandle asset, long intervalMilliseconds) =>
        Has(asset) ? intervalMilliseconds + SettleMilliseconds(_withinAbove[asset.Index], intervalMilliseconds) + _withinAbove[asset.Index] + SlackMilliseconds : 0;

    /// <summary>How long an outage waits, once enough meters are silent, for others and for a wider one.</summary>
    internal static long SettleMilliseconds(long within, long interval) => within + (interval / 4);

    private void Connect(AssetDirectory assets, Dictionary<int, int> parents)
    {
        var direct = Places.Select(_ => new List<int>()).ToArray();
        var meters = Places.Select(_ => new List<int>()).ToArray();
        var members = Places.Select(p => new List<AssetHandle> { p.Asset }).ToArray();
        foreach (var place in Places)
        {
            place.Parent = Above(place.Asset.Index, parents);
            place.Parent?.Add(place);
            Keep(place.Asset.Index, place);
        }

        foreach (int index in parents.Keys.Where(_ => _placeOf.Length > 0).Order())
        {
            bool isMeter = assets[new AssetHandle(index)].Kind == AssetKind.Meter;
            var first = Above(index, parents);
            _above[index] = first?.Index ?? None;
            for (var place = first; place is not null; place = place.Parent)
            {
                members[place.Index].Add(new AssetHandle(index));
                Keep(index, place);
                if (isMeter)
                {
                    meters[place.Index].Add(index);
                }
            }

            if (isMeter && first is not null)
            {
                direct[first.Index].Add(index);
            }
        }

        foreach (var place in Places)
        {
            (place.DirectMeters, place.Meters, place.Members) = ([.. direct[place.Index]], [.. meters[place.Index]], [.. members[place.Index]]);
        }
    }

    private void Keep(int index, OutagePlace place) => _withinAbove[index] = Math.Max(_withinAbove[index], (long)place.Condition.Within.TotalMilliseconds);

    /// <summary>The nearest judged place above.</summary>
    private OutagePlace? Above(int index, Dictionary<int, int> parents)
    {
        int steps = 0;
        while (parents.TryGetValue(index, out index) && steps++ < parents.Count)
        {
            if (_placeOf[index] != None)
            {
                return Places[_placeOf[index]];
            }
        }

        return null;
    }
}
