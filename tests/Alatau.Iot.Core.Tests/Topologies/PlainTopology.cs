using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Tests.Topologies;

/// <summary>The relations of a fleet at one instant, by ids, in the plainest way.</summary>
internal sealed class PlainTopology
{
    private readonly Fleet _fleet;
    private readonly Dictionary<string, AssetKind> _assets;
    private readonly HashSet<string> _spatial;

    public PlainTopology(Fleet fleet, Instant at)
    {
        _fleet = fleet;
        _assets = fleet.Assets.ToDictionary(a => a.Id.ToString(), a => a.Kind, StringComparer.Ordinal);
        _spatial = [fleet.City!.Name, .. fleet.Sites.Select(s => s.Name), .. fleet.Places.Where(p => p.Kind <= PlaceKind.Building).Select(p => p.Id.ToString())];
        foreach (var id in fleet.Assets.Select(a => a.Id).Concat(fleet.Places.Select(p => p.Id)))
        {
            LocatedIn[id.ToString()] = id.Site;
        }

        foreach (var site in fleet.Sites)
        {
            LocatedIn[site.Name] = fleet.City.Name;
        }

        foreach (var link in fleet.Links.Where(l => l.Holds(at)))
        {
            (link.Relation == LinkRelation.FedBy ? FedBy : LocatedIn)[link.Child.ToString()] = link.Parent.ToString();
        }

        All = [.. LocatedIn.Keys, fleet.City.Name];
    }

    public Dictionary<string, string> FedBy { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> LocatedIn { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> All { get; }

    public bool IsMeter(string id) => _assets.GetValueOrDefault(id) == AssetKind.Meter;

    public int Customers(string id) => !_assets.ContainsKey(id) ? 0 : AssetId.TryParse(id, out var asset) && _fleet.Customers.TryGetValue(asset, out int said) ? said : IsMeter(id) ? 1 : 0;

    public List<string> Ancestors(string id) => [.. Up(id, FedBy), .. Up(id, LocatedIn)];

    public List<string> Children(string id) => [.. (_spatial.Contains(id) ? LocatedIn : FedBy).Where(l => l.Value == id).Select(l => l.Key)];

    public List<string> Below(string id) => [.. All.Where(each => Up(each, _spatial.Contains(id) ? LocatedIn : FedBy).Contains(id))];

    /// <summary>What is above a member in the relation by which it is below a node.</summary>
    public string? Parent(string id, string member) => (_spatial.Contains(id) ? LocatedIn : FedBy).GetValueOrDefault(member);

    private static List<string> Up(string id, Dictionary<string, string> links)
    {
        var up = new List<string>();
        while (links.TryGetValue(id, out string? next))
        {
            up.Add(next);
            id = next;
        }

        return up;
    }
}
