using Alatau.Iot.Core.Outages;
using Alatau.Iot.Testing.Assets;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Core.Tests.Outages;

/// <summary>Laws of the judgement, over grids and nights that FsCheck makes up; a failure prints them and the seed.</summary>
public sealed class OutageJudgeProperties
{
    private const double Judged = 1000;

    private static Config Check => Config.QuickThrowOnFailure.WithMaxTest(300).WithQuietOnSuccess(true);

    private static Gen<int[][]> Grids => Gen.Choose(0, 6).ArrayOf(3).ArrayOf(2);

    /// <summary>What an asset's latest sign is: none, heard, silent since one of some instants, or gone with a gasp.</summary>
    private static Gen<int[]> Signs => Gen.Choose(0, 7).ArrayOf(48);

    [Fact]
    public void Judge_SignsInAnyOrder_GivesTheSameOutages() => Prop.ForAll(Grids.ToArbitrary(), Signs.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (feeders, signs, seed) =>
    {
        var random = new Random(seed);
        var inOrder = new OutageGrid(feeders);
        var shuffled = new OutageGrid(feeders);
        var names = inOrder.Named("t").ToArray();

        // Each asset has some signs before its last; only those of one asset keep their order.
        var all = names.SelectMany((name, i) => Enumerable.Range(0, random.Next(3)).Select(_ => (name, sign: random.Next(1, 8))).Append((name, sign: signs[i % signs.Length]))).ToArray();
        foreach (var (name, sign) in all)
        {
            Take(inOrder, name, sign);
        }

        foreach (var (name, sign) in Shuffled(all, random))
        {
            Take(shuffled, name, sign);
        }

        inOrder.Settle(Judged);
        shuffled.Settle(Judged);

        Assert.Equal(inOrder.Open, shuffled.Open);
        Assert.Equal(inOrder.Steps, shuffled.Steps);
    }).Check(Check);

    [Fact]
    public void Judge_AnyLife_OutagesNeverNestUnfoldedAndHoldEnoughMeters() => Prop.ForAll(Grids.ToArbitrary(), Signs.ListOf().ToArbitrary(), (feeders, nights) =>
    {
        var grid = new OutageGrid(feeders);
        var names = grid.Named("t").ToArray();
        double now = Judged;
        foreach (int[] night in nights)
        {
            for (int i = 0; i < names.Length; i++)
            {
                Take(grid, names[i], night[i % night.Length]);
            }

            grid.Settle(now += 3000);
            foreach (var place in grid.Map.Places)
            {
                if (grid.Judge.View(place) is not { } outage)
                {
                    continue;
                }

                bool isCovered = false;
                for (var above = place.Parent; above is not null; above = above.Parent)
                {
                    isCovered |= grid.Judge.View(above) is not null;
                }

                Assert.Equal(isCovered, outage.Into is not null);
                Assert.InRange(outage.Customers, 1, place.MeterCount);
                Assert.True(outage.Worst >= 2, grid.Open);
                Assert.Equal(outage.Customers, outage.Silent);
                Assert.Equal(outage.Silent, grid.Judge.SilentMeters(place, int.MaxValue).Count);
            }

            Assert.False(grid.Judge.IsWaiting);
        }

        foreach (string name in names)
        {
            grid.Hear(name, now);
        }

        grid.Settle(now + 3000);
        Assert.Equal("", grid.Open);

        // Every outage that was begun has ended, and each fold and unfold was of an open one.
        foreach (var steps in grid.Steps.Select(s => s.Split(' ')).GroupBy(s => s[1], s => s[0]))
        {
            bool isOpen = false;
            bool isFolded = false;
            foreach (string step in steps)
            {
                Assert.Equal(step != nameof(OutageAction.Begin), isOpen);
                Assert.Equal(step == nameof(OutageAction.Unfold) || (step == nameof(OutageAction.End) && isFolded), isFolded);
                isOpen = step != nameof(OutageAction.End);
                isFolded = step == nameof(OutageAction.Fold);
            }

            Assert.False(isOpen);
        }
    }).Check(Check);

    [Fact]
    public void Judge_NoTwoMetersSilent_IsNoOutage() => Prop.ForAll(Grids.ToArbitrary(), Gen.Choose(0, 1000).ToArbitrary(), (feeders, which) =>
    {
        var grid = new OutageGrid(feeders).HearAll(0);
        var meters = grid.Named("t").Where(n => n.Contains('m', StringComparison.Ordinal)).ToArray();
        if (meters.Length > 0)
        {
            grid.Lose(meters[which % meters.Length], 10);
        }

        grid.Settle(Judged);
        Assert.Empty(grid.Steps);
    }).Check(Check);

    [Fact]
    public void Judge_AWholeBranchDies_IsOneOutageAtItsHead() => Prop.ForAll(Grids.ToArbitrary(), Gen.Choose(0, 1).ToArbitrary(), (feeders, dead) =>
    {
        var grid = new OutageGrid(feeders).HearAll(0);
        string prefix = $"t{dead + 1}";
        grid.LoseAll(prefix, 10).Settle(Judged);

        Assert.Equal(feeders[dead].Sum() >= 2 ? $"{prefix}@10" : "", grid.Open);
        Assert.Equal(grid.Open.Length > 0 ? 1 : 0, grid.Steps.Count);
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

    private static List<(string Name, int Sign)> Shuffled((string Name, int Sign)[] all, Random random)
    {
        var queues = all.GroupBy(a => a.Name, StringComparer.Ordinal).Select(g => new Queue<(string Name, int Sign)>(g)).ToList();
        var mixed = new List<(string Name, int Sign)>();
        while (queues.Count > 0)
        {
            var queue = queues[random.Next(queues.Count)];
            mixed.Add(queue.Dequeue());
            if (queue.Count == 0)
            {
                queues.Remove(queue);
            }
        }

        return mixed;
    }
}
