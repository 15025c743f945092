using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>Who feeds whom and what lies where, at any instant. Immutable; any thread; walking it allocates nothing.</summary>
/// <remarks>
/// Two forests over the same nodes. By <b>feeds</b>, a meter hangs on its feeder and that on its transformer. By <b>location</b>, everything lies in a room, floor or building, or else in its site, the site in its
/// city. An asset belongs to the nodes above it in both, each once: they are of different kinds. What is <b>below</b> a spatial node lies in it; what is below any other node is fed by it.
/// <para>For a window the membership at its start counts. Assets that registered themselves are in no fleet, thus in no topology.</para>
/// <para>About 35 bytes a node.</para>
/// </remarks>
public sealed class Topology
{
    private readonly ParentTable _fedBy;
    private readonly ParentTable _locatedIn;
    private readonly ParentTable _meteredBy;
    private readonly int[] _childrenFrom;
    private readonly int[] _children;
    private readonly int[] _handles;
    private readonly int[] _nodeOfHandle;
    private readonly NodeKind[] _kinds;
    private readonly int[] _customers;
    private readonly AssetDirectory _directory;
    private readonly TopologyNames _names;

    internal Topology(TopologyParts parts, AssetDirectory directory)
    {
        (_fedBy, _locatedIn, _meteredBy) = (parts.FedBy, parts.LocatedIn, parts.MeteredBy);
        (_childrenFrom, _children) = parts.Children();
        (_kinds, _handles, _customers, _names, _directory) = (parts.Kinds, parts.Handles, parts.Customers, parts.Names, directory);
        Changes = parts.Changes;
        int last = _handles.Length == 0 ? -1 : _handles.Max();
        _nodeOfHandle = new int[last + 1];
        Array.Fill(_nodeOfHandle, ParentTable.None);
        for (int node = 0; node < _handles.Length; node++)
        {
            if (_handles[node] >= 0)
            {
                _nodeOfHandle[_handles[node]] = node;
            }
        }
    }

    /// <summary>A topology of nothing.</summary>
    public static Topology Empty { get; } = Of([], new AssetDirectory(1));

    /// <summary>Nodes of all kinds; their indexes are 0 to this, exclusive.</summary>
    public int Count => _kinds.Length;

    /// <summary>Relations that have a beginning or an end.</summary>
    public int DatedCount => _fedBy.DatedCount + _locatedIn.DatedCount + _meteredBy.DatedCount;

    /// <summary>Instants at which some relation begins or ends, in order: between two of them nothing changes.</summary>
    public IReadOnlyList<Instant> Changes { get; }

    /// <summary>Bytes of its tables; names are those of assets and places and not counted.</summary>
    public long Bytes => (4L * (_childrenFrom.Length + _children.Length + _handles.Length + _nodeOfHandle.Length + _customers.Length + (3 * Count))) + Count;

    /// <summary>The topology of fleets.</summary>
    /// <param name="fleets">Validated. Of sites and cities with one name the first counts.</param>
    /// <param name="directory">Has their assets.</param>
    public static Topology Of(IEnumerable<Fleet> fleets, AssetDirectory directory) => new(TopologyParts.Of([.. fleets], directory), directory);

    public NodeKind KindOf(TopologyNode node) => _kinds[node.Index];

    /// <summary>Whether things lie in it.</summary>
    public bool IsSpatial(TopologyNode node) => _kinds[node.Index] <= NodeKind.Room;

    /// <summary>How it is written in files, paths and stores: <c>site/name</c>; of a site and a city the name.</summary>
    public string IdOf(TopologyNode node) => TryAsset(node, out var asset) ? _directory[asset].Id.ToString() : _names.IdOf(node.Index);

    /// <summary>What an operator calls it.</summary>
    public string DisplayNameOf(TopologyNode node) => TryAsset(node, out var asset) ? _directory[asset].DisplayName : _names.DisplayNameOf(node.Index);

    /// <summary>The asset that a node is; false for places, sites and cities.</summary>
    public bool TryAsset(TopologyNode node, out AssetHandle asset)
    {
        int handle = _handles[node.Index];
        asset = new AssetHandle(Math.Max(handle, 0));
        return handle >= 0;
    }

    /// <summary>The node that an asset is; false when it is in no fleet.</summary>
    public bool TryNode(AssetHandle asset, out TopologyNode node)
    {
        int index = asset.Index < _nodeOfHandle.Length ? _nodeOfHandle[asset.Index] : ParentTable.None;
        node = new TopologyNode(Math.Max(index, 0));
        return index >= 0;
    }

    /// <summary>The node of an id, as <see cref="IdOf"/> writes it.</summary>
    public bool TryFind(string id, out TopologyNode node)
    {
        node = default;
        if (_names.TryFind(id, out int index))
        {
            node = new TopologyNode(index);
            return true;
        }

        return AssetId.TryParse(id, out var asset) && _directory.TryFind(asset, out var handle) && TryNode(handle, out node);
    }

    /// <summary>What feeds it.</summary>
    public bool TryFeeder(TopologyNode node, Instant at, out TopologyNode above) => Answer(_fedBy.Of(node.Index, at), out above);

    /// <summary>What it lies in.</summary>
    public bool TryLocation(TopologyNode node, Instant at, out TopologyNode around) => Answer(_locatedIn.Of(node.Index, at), out around);

    /// <summary>The meter that sees all its flow: the one the fleet names, or itself when it is an asset that measures.</summary>
    public bool TryMeter(TopologyNode node, Instant at, out TopologyNode meter)
    {
        if (Answer(_meteredBy.Of(node.Index, at), out meter))
        {
            return true;
        }

        meter = node;
        return _handles[node.Index] >= 0 && _kinds[node.Index] is >= NodeKind.Transformer and <= NodeKind.Storage or NodeKind.Water;
    }

    /// <summary>Where it stands in a tree of all nodes: under what feeds it, or else in what it lies.</summary>
    public bool TryParent(TopologyNode node, Instant at, out TopologyNode parent) => TryFeeder(node, at, out parent) || TryLocation(node, at, out parent);

    /// <summary>Everything a node belongs to: what feeds it, nearest first, then what it lies in, nearest first.</summary>
    public TopologyAncestors Ancestors(TopologyNode node, Instant at) => new(this, node.Index, at);

    /// <summary>What lies directly in a spatial node, or is fed directly by another.</summary>
    public TopologyChildren Children(TopologyNode node, Instant at) => new(this, node.Index, at);

    /// <summary>All that lies in a spatial node, or is fed by another, directly or by way of others; without itself, each above what is below it.</summary>
    public TopologyMembers Below(TopologyNode node, Instant at) => new(this, node.Index, at);

    /// <summary>Assets of a kind below a node, for example the meters under a feeder.</summary>
    public int CountBelow(TopologyNode node, NodeKind kind, Instant at)
    {
        int count = 0;
        foreach (var member in Below(node, at))
        {
            count += _kinds[member.Index] == kind && _handles[member.Index] >= 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Customers of a node itself and of all below it.</summary>
    public int CustomersUnder(TopologyNode node, Instant at)
    {
        int count = _customers[node.Index];
        foreach (var member in Below(node, at))
        {
            count += _customers[member.Index];
        }

        return count;
    }

    /// <summary>The next of a node's children from a place in the table on that is its child now; <see cref="ParentTable.None"/> after the last.</summary>
    internal int NextChild(int node, int from, Instant at, out int place)
    {
        var table = _kinds[node] <= NodeKind.Room ? _locatedIn : _fedBy;
        int end = _childrenFrom[node + 1];
        for (place = Math.Max(from, _childrenFrom[node]); place < end; place++)
        {
            if (table.Of(_children[place], at) == node)
            {
                return _children[place];
            }
        }

        return ParentTable.None;
    }

    /// <summary>The place of a child in the table of its parent.</summary>
    internal int PlaceOf(int node, int child) => Array.BinarySearch(_children, _childrenFrom[node], _childrenFrom[node + 1] - _childrenFrom[node], child);

    internal int Feeder(int node, Instant at) => _fedBy.Of(node, at);

    internal int Location(int node, Instant at) => _locatedIn.Of(node, at);

    internal bool IsSpatial(int node) => _kinds[node] <= NodeKind.Room;

    private static bool Answer(int index, out TopologyNode node)
    {
        node = new TopologyNode(Math.Max(index, 0));
        return index >= 0;
    }
}
