using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Tests.Topologies;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Tests.RollUps;

public sealed class RollUpBookTests
{
    private static readonly MeasurandCatalog s_catalog = new();

    [Fact]
    public void Replace_MoreWindowsThanAreHeld_GivesEachOnceAndLeavesNoneToBeSummedAgain()
    {
        var fleet = new RandomFleet(1);
        var topology = Topology.Of([fleet.Fleet], fleet.Directory);
        var power = s_catalog.Id("activePower");
        Assert.True(topology.TryNode(new AssetHandle(0), out var node));
        var book = new RollUpBook(topology, s_catalog, new Instant(0), canSumAgain: true);
        RollUpKey[] keys = [.. Enumerable.Range(1_000, 48).Select(minute => new RollUpKey(power, WindowSpan.OneMinute, new Instant(minute * 60_000L)))];

        book.BeginSum(keys);
        var rows = book.Replace(keys, keys.Select(key => (node, key.Start, new WindowSummary(1, 1, 1, 1, 1, 0, 1, 0, Quality.Good))), new Instant(100_000_000)).Concat(book.Publish(0, 0)).ToList();

        Assert.Empty(book.TakeStale());
        Assert.All(rows.GroupBy(row => row.Node), branch => Assert.Equal(keys.Select(key => key.Start), branch.Select(row => row.Window.Start).Order()));
        Assert.NotEmpty(rows);
    }
}
