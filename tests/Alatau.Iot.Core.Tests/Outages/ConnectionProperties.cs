using Alatau.Iot.Core.Outages;
using Alatau.Iot.Testing.Assets;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Core.Tests.Outages;

/// <summary>Laws of the judgement where meters are reached through gateways, one of them fed by a feeder and one behind a bridge.</summary>
public sealed class ConnectionProperties
{
    private static readonly int[][] s_feeders = [[4, 3], [5]];
    private static readonly GridGateway[] s_gateways = [new("g1", ["t1f1m*", "t1f2m1"], "t1f2"), new("g2", ["t2*"]), new("b1", ["g2", "t1f2m2"])];

    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);

    private static Gen<int[]> Signs => Gen.Choose(0, 7).ArrayOf(24);

    [Fact]
    public void Judge_SignsInAnyOrder_GivesTheSameCauses() => Prop.ForAll(Signs.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (signs, seed) =>
    {
        var inOrder = new OutageGrid(s_feeders, gateways: s_gateways);
        var shuffled = new OutageGrid(s_feeders, gateways: s_gateways);
        string[] names = [.. inOrder.Named("")];
        int[] order = [.. Enumerable.Range(0, names.Length)];
        for (int i = 0; i < names.Length; i++)
        {
            Take(inOrder, names[i], signs[i % signs.Length]);
        }

        new Random(seed).Shuffle(order);
        foreach (int i in order)
        {
            Take(shuffled, names[i], signs[i % signs.Length]);
        }

        inOrder.Settle(1000);
        shuffled.Settle(1000);

        Assert.Equal(inOrder.Open, shuffled.Open);
        Assert.Equal(inOrder.Steps, shuffled.Steps);
    }).Check(Check);

    [Fact]
    public void Judge_AnyLife_EveryCauseThatBeganEndsOnceAllSpeakAgain() => Prop.ForAll(Signs.ListOf().ToArbitrary(), nights =>
    {
        var grid = new OutageGrid(s_feeders, gateways: s_gateways);
        string[] names = [.. grid.Named("")];
        double now = 1000;
        foreach (int[] night in nights)
        {
            for (int i = 0; i < names.Length; i++)
            {
                Take(grid, names[i], night[i % night.Length]);
            }

            grid.Settle(now += 3000);
            foreach (var view in grid.Map.Places.Select(grid.Judge.View).OfType<OutageView>())
            {
                Assert.Equal(view.Silent, grid.Judge.SilentMeters(view.Place, int.MaxValue).Count);
                Assert.True(view.Into is null || grid.Judge.View(view.Into) is not null, grid.Open);
                Assert.InRange(view.Customers, view.Place.IsConnection ? 0 : 1, view.Place.MeterCount);
            }
        }

        foreach (string name in names)
        {
            grid.Hear(name, now);
        }

        grid.Settle(now + 3000);
        Assert.Equal("", grid.Open);
        Assert.False(grid.Judge.IsWaiting);
        foreach (var steps in grid.Steps.Select(s => s.Split(' ')).GroupBy(s => s[1], s => s[0]))
        {
            bool isOpen = false;
            foreach (string step in steps)
            {
                Assert.Equal(step != nameof(OutageAction.Begin), isOpen);
                isOpen = step != nameof(OutageAction.End);
            }

            Assert.False(isOpen);
        }
    }).Check(Check);

    [Fact]
    public void Judge_AGatewayDiesWithAnyOfItsDevices_IsOneCauseAndNoOutage() => Prop.ForAll(Gen.Choose(0, 1).ArrayOf(8).ToArbitrary(), Gen.Choose(0, 59).ToArbitrary(), (dead, second) =>
    {
        var grid = new OutageGrid(s_feeders, gateways: [new("g1", ["t1f1m*", "t1f2m*"])]);
        grid.HearAll(0, "").Lose("g1", 60);
        string[] meters = [.. grid.Named("t1f").Where(n => n.Contains('m', StringComparison.Ordinal))];
        for (int i = 0; i < meters.Length; i++)
        {
            if (dead[i] == 1)
            {
                grid.Lose(meters[i], 60 + ((second + (i * 7)) % 60));
            }
        }

        grid.Settle(400);

        Assert.Equal("g1@60", grid.Open);
        Assert.Single(grid.Steps);
    }).Check(Check);

    private static void Take(OutageGrid grid, string name, int sign)
    {
        switch (sign)
        {
            case 0:
                break;
            case 1 or 2:
                grid.Hear(name, 500);
                break;
            case 7:
                grid.Gasp(name, 412);
                break;
            default:
                grid.Lose(name, 350 + (sign * 17));
                break;
        }
    }
}
