using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>Puts a topology together out of fleets: places, sites and cities first, then assets.</summary>
internal sealed class TopologyParts
{
    private readonly List<NodeKind> _kinds = [];
    private readonly List<int> _handles = [];
    private readonly Dictionary<int, int> _nodeOfHandle = [];
    private readonly List<(int Node, int Parent)> _sites = [];
    private readonly SortedSet<long> _changes = [];

    public TopologyNames Names { get; } = new();

    public ParentTable FedBy { get; private set; } = new(0);

    public ParentTable LocatedIn { get; private set; } = new(0);

    public ParentTable MeteredBy { get; private set; } = new(0);

    public NodeKind[] Kinds => [.. _kinds];

    /// <summary>Of each node; -1 for what is no asset.</summary>
    public int[] Handles => [.. _handles];

    public int[] Customers { get; private set; } = [];

    public IReadOnlyList<Instant> Changes => [.. _changes.Select(c => new Instant(c))];

    public static TopologyParts Of(Fleet[] fleets, AssetDirectory directory)
    {
        var parts = new TopologyParts();
        foreach (var fleet in fleets)
        {
            parts.AddPlaces(fleet);
        }

        foreach (var fleet in fleets)
        {
            parts.AddAssets(fleet, directory);
        }

        int count = parts._kinds.Count;
        (parts.FedBy, parts.LocatedIn, parts.MeteredBy) = (new ParentTable(count), new ParentTable(count), new ParentTable(count));
        foreach (var (node, parent) in parts._sites)
        {
            parts.LocatedIn.Set(node, parent);
        }

        foreach (var links in fleets.SelectMany(f => f.Links).GroupBy(l => (l.Relation, l.Child)))
        {
            parts.Connect(links.Key.Relation, links.Key.Child, [.. links.OrderBy(l => l.From)], directory);
        }

        parts.Customers = new int[count];
        foreach (var fleet in fleets)
        {
            foreach (var asset in fleet.Assets)
            {
                parts.Customers[parts.Node(asset.Id, directory)] = fleet.Customers.TryGetValue(asset.Id, out int said) ? said : asset.Kind == AssetKind.Meter ? 1 : 0;
            }
        }

        return parts;
    }

    /// <summary>The children of each node at whatever time, in one table: by location of spatial nodes, by feeds of the others.</summary>
    public (int[] From, int[] Children) Children()
    {
        var from = new int[_kinds.Count + 1];
        foreach (var (parent, _) in Pairs())
        {
            from[parent + 1]++;
        }

        for (int i = 1; i < from.Length; i++)
        {
            from[i] += from[i - 1];
        }

        var children = new int[from[^1]];
        int[] next = [.. from];
        foreach (var (parent, child) in Pairs())
        {
            children[next[parent]++] = child;
        }

        return (from, children);
    }

    // In order of children, so that each parent's are sorted.
    private IEnumerable<(int Parent, int Child)> Pairs()
    {
        for (int node = 0; node < _kinds.Count; node++)
        {
            foreach (int parent in LocatedIn.Ever(node))
            {
                yield return (parent, node);
            }

            foreach (int parent in FedBy.Ever(node))
            {
                yield return (parent, node);
            }
        }
    }

    private void AddPlaces(Fleet fleet)
    {
        int city = ParentTable.None;
        if (fleet.City is { } named)
        {
            Add(named.Name, named.DisplayName, NodeKind.City, out city);
        }

        foreach (var site in fleet.Sites)
        {
            if (Add(site.Name, site.DisplayName, NodeKind.District, out int node) && city >= 0)
            {
                _sites.Add((node, city));
            }
        }

        foreach (var place in fleet.Places)
        {
            if (Add(place.Id.ToString(), place.DisplayName, KindOf(place.Kind), out int node))
            {
                Names.TryFind(place.Id.Site, out int site);
                _sites.Add((node, site));
            }
        }
    }

    private void AddAssets(Fleet fleet, AssetDirectory directory)
    {
        foreach (var asset in fleet.Assets)
        {
            if (directory.TryFind(asset.Id, out var handle) && _nodeOfHandle.TryAdd(handle.Index, _kinds.Count))
            {
                Names.TryFind(asset.Id.Site, out int site);
                _sites.Add((_kinds.Count, site));
                _kinds.Add(KindOf(asset.Kind));
                _handles.Add(handle.Index);
            }
        }
    }

    private bool Add(string id, string displayName, NodeKind kind, out int node)
    {
        if (!Names.TryAdd(id, displayName, out node))
        {
            return false;
        }

        _kinds.Add(kind);
        _handles.Add(ParentTable.None);
        return true;
    }

    private void Connect(LinkRelation relation, AssetId child, Link[] links, AssetDirectory directory)
    {
        var table = relation switch
        {
            LinkRelation.FedBy => FedBy,
            LinkRelation.LocatedIn => LocatedIn,
            _ => MeteredBy,
        };
        int node = Node(child, directory);
        if (links is [{ From: var from, To: var to } only] && from == Instant.MinValue && to == Instant.MaxValue)
        {
            table.Set(node, Node(only.Parent, directory));
            return;
        }

        Names.TryFind(child.Site, out int site);
        table.Set(node, relation == LinkRelation.LocatedIn ? site : ParentTable.None, [.. links.Select(l => new DatedParent(Node(l.Parent, directory), l.From, l.To))]);
        foreach (var link in links)
        {
            foreach (var at in (Instant[])[link.From, link.To])
            {
                if (at > Instant.MinValue && at < Instant.MaxValue)
                {
                    _changes.Add(at.UnixMilliseconds);
                }
            }
        }
    }

    private int Node(AssetId id, AssetDirectory directory) =>
        directory.TryFind(id, out var handle) && _nodeOfHandle.TryGetValue(handle.Index, out int node) ? node
        : Names.TryFind(id.ToString(), out node) ? node
        : throw new InvalidOperationException($"'{id}' is in no fleet of this topology.");

    private static NodeKind KindOf(PlaceKind kind) => kind switch
    {
        PlaceKind.Room => NodeKind.Room,
        PlaceKind.Floor => NodeKind.Floor,
        PlaceKind.Building => NodeKind.Building,
        PlaceKind.Feeder => NodeKind.Feeder,
        _ => NodeKind.Transformer,
    };

    private static NodeKind KindOf(AssetKind kind) => kind switch
    {
        AssetKind.Meter => NodeKind.Meter,
        AssetKind.Feeder => NodeKind.Feeder,
        AssetKind.Transformer => NodeKind.Transformer,
        AssetKind.Solar => NodeKind.Solar,
        AssetKind.Storage => NodeKind.Storage,
        AssetKind.Building => NodeKind.Sensor,
        AssetKind.Weather => NodeKind.Weather,
        AssetKind.Water => NodeKind.Water,
        _ => NodeKind.Unknown,
    };
}
