using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Where an asset stands in the topology: who feeds it and what it lies in, from next to farthest.</summary>
internal sealed class AssetPlaceReader(Topology topology)
{
    /// <summary>Deeper than any grid or building of the fleet format.</summary>
    private const int MostSteps = 12;

    private delegate bool Above(TopologyNode node, Instant at, out TopologyNode above);

    /// <returns>What the chain says, and its places with their pages; empty for an asset that stands in no topology.</returns>
    public IReadOnlyList<(string What, IReadOnlyList<(string Name, string Href)> Places)> Of(AssetHandle asset, Instant at)
    {
        if (!topology.TryNode(asset, out var node))
        {
            return [];
        }

        var chains = new List<(string What, IReadOnlyList<(string Name, string Href)> Places)>
        {
            ("Fed by", Chain(node, at, topology.TryFeeder)),
            ("In", Chain(node, at, topology.TryLocation)),
        };
        chains.RemoveAll(c => c.Places.Count == 0);
        return chains;
    }

    private List<(string Name, string Href)> Chain(TopologyNode node, Instant at, Above up)
    {
        var places = new List<(string Name, string Href)>();
        while (places.Count < MostSteps && up(node, at, out var above))
        {
            places.Add((topology.DisplayNameOf(above), "/topology?node=" + topology.IdOf(above)));
            node = above;
        }

        return places;
    }
}
