using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Core.Tests.Topologies;

/// <summary>The packed topology says what the links say, at every instant; a failure prints the seed of the fleet.</summary>
public sealed class TopologyProperties
{
    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(80).WithQuietOnSuccess(true);

    [Fact]
    public void Topology_AnyFleetAtAnyInstant_SaysWhatItsLinksSay() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new RandomFleet(seed);
        var topology = Topology.Of([random.Fleet], random.Directory);
        for (int step = -1; step <= RandomFleet.Instants; step++)
        {
            var at = RandomFleet.At(step);
            var truth = new PlainTopology(random.Fleet, at);
            Assert.Equal(truth.All.Count, topology.Count);
            foreach (string id in truth.All)
            {
                Assert.True(topology.TryFind(id, out var node));
                Assert.Equal(id, topology.IdOf(node));
                Assert.Equal(truth.FedBy.GetValueOrDefault(id), topology.TryFeeder(node, at, out var feeder) ? topology.IdOf(feeder) : null);
                Assert.Equal(truth.LocatedIn.GetValueOrDefault(id), topology.TryLocation(node, at, out var around) ? topology.IdOf(around) : null);
                Assert.Equal(truth.Ancestors(id), Ids(topology.Ancestors(node, at), topology));
                Assert.Equal(truth.Children(id).Order(StringComparer.Ordinal), Ids(topology.Children(node, at), topology).Order(StringComparer.Ordinal));
                var below = Ids(topology.Below(node, at), topology);
                Assert.Equal(truth.Below(id).Order(StringComparer.Ordinal), below.Order(StringComparer.Ordinal));
                Assert.All(below, member => Assert.True(truth.Parent(id, member) == id || below.IndexOf(truth.Parent(id, member)!) < below.IndexOf(member)));
                Assert.Equal(truth.Customers(id) + truth.Below(id).Sum(truth.Customers), topology.CustomersUnder(node, at));
                Assert.Equal(truth.Below(id).Count(truth.IsMeter), topology.CountBelow(node, NodeKind.Meter, at));
            }
        }
    }).Check(Check);

    [Fact]
    public void Changes_BetweenTwo_NothingMoves() => Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
    {
        var random = new RandomFleet(seed);
        var topology = Topology.Of([random.Fleet], random.Directory);
        for (int step = 0; step < RandomFleet.Instants; step++)
        {
            var (before, after) = (new Instant(RandomFleet.At(step).UnixMilliseconds - 1), RandomFleet.At(step));
            if (!topology.Changes.Contains(after))
            {
                for (int node = 0; node < topology.Count; node++)
                {
                    Assert.Equal(Ids(topology.Ancestors(new TopologyNode(node), before), topology), Ids(topology.Ancestors(new TopologyNode(node), after), topology));
                }
            }
        }
    }).Check(Check);

    [Fact]
    public void Walking_AnyNode_AllocatesNothing()
    {
        var random = new RandomFleet(7);
        var topology = Topology.Of([random.Fleet], random.Directory);
        long seen = Walk();

        Assert.Equal(0, Allocations.LeastOf(() => seen += Walk()));
        Assert.True(seen > 100);

        long Walk()
        {
            long count = 0;
            for (int i = 0; i < topology.Count; i++)
            {
                var node = new TopologyNode(i);
                for (int step = 0; step < RandomFleet.Instants; step++)
                {
                    var at = RandomFleet.At(step);
                    foreach (var each in topology.Ancestors(node, at))
                    {
                        count += each.Index;
                    }

                    count += topology.CustomersUnder(node, at) + topology.CountBelow(node, NodeKind.Meter, at);
                }
            }

            return count;
        }
    }

    [Fact]
    public void Of_AssetsThatRegisteredThemselves_AreInNoTopology()
    {
        var random = new RandomFleet(3);
        random.Directory.TryRegister(new Asset(AssetId.Of("a", "stranger"), "stranger", AssetKind.Meter) { IsSelfRegistered = true }, out var handle);

        Assert.False(Topology.Of([random.Fleet], random.Directory).TryNode(handle, out _));
        Assert.False(Topology.Empty.TryNode(handle, out _));
    }

    [Fact]
    public void Of_AHundredThousandMeters_TakesFortyBytesANode()
    {
        var directory = new AssetDirectory();
        var assets = new List<Asset>();
        var links = new List<Link>();
        for (int i = 0; i < 100_000; i++)
        {
            var asset = new Asset(AssetId.Of("s", $"m{i}"), $"m{i}", i % 100 == 0 ? AssetKind.Feeder : AssetKind.Meter);
            assets.Add(asset);
            directory.TryRegister(asset, out _);
            if (i % 100 != 0)
            {
                links.Add(new Link(LinkRelation.FedBy, asset.Id, assets[i - (i % 100)].Id, Instant.MinValue, Instant.MaxValue));
            }
        }

        var topology = Topology.Of([new Fleet("f", [new Site("s", "S", TimeZoneInfo.Utc, null, null)], assets, [], new Dictionary<AssetId, AssetId>()) { Links = links }], directory);

        Assert.InRange(topology.Bytes / (double)topology.Count, 20, 40);
        Assert.True(topology.TryFind("s", out var site));
        Assert.Equal(99_000, topology.CountBelow(site, NodeKind.Meter, new Instant(0)));
        Assert.True(topology.TryFind("s/m500", out var feeder));
        Assert.Equal(99, topology.CustomersUnder(feeder, new Instant(0)));
    }

    private static List<string> Ids(TopologyAncestors nodes, Topology topology)
    {
        var ids = new List<string>();
        foreach (var node in nodes)
        {
            ids.Add(topology.IdOf(node));
        }

        return ids;
    }

    private static List<string> Ids(TopologyChildren nodes, Topology topology)
    {
        var ids = new List<string>();
        foreach (var node in nodes)
        {
            ids.Add(topology.IdOf(node));
        }

        return ids;
    }

    private static List<string> Ids(TopologyMembers nodes, Topology topology)
    {
        var ids = new List<string>();
        foreach (var node in nodes)
        {
            ids.Add(topology.IdOf(node));
        }

        return ids;
    }
}
