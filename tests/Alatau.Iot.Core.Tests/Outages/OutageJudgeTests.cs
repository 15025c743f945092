using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Testing.Assets;

namespace Alatau.Iot.Core.Tests.Outages;

public sealed class OutageJudgeTests
{
    [Fact]
    public void Judge_HalfOfAFeederSilent_IsAnOutageOfTheFeederWhenNobodyElseJoins()
    {
        var grid = new OutageGrid([[4, 4]]).HearAll(0);
        grid.Lose("t1f1m1", 10).Lose("t1f1m2", 40).At(200);
        Assert.True(grid.Judge.IsWaiting);
        Assert.Equal("", grid.Open);

        // 5 s and a quarter of a minute.
        grid.At(219.9);
        Assert.Equal("", grid.Open);
        grid.At(220);

        Assert.Equal(["Begin t1f1 2/4"], grid.Steps);
        Assert.Equal("t1f1@40", grid.Open);
        Assert.False(grid.Judge.IsWaiting);
    }

    [Fact]
    public void Judge_OneSilentMeter_IsADevice()
    {
        var grid = new OutageGrid([[1, 2]]).HearAll(0);
        grid.Lose("t1f1m1", 10).Settle(200);

        Assert.Empty(grid.Steps);
    }

    [Fact]
    public void Judge_LessThanTheShare_IsNone()
    {
        var grid = new OutageGrid([[5]], Condition(share: 0.5)).HearAll(0);
        grid.Lose("t1f1m1", 10).Lose("t1f1m2", 10).Settle(200);
        Assert.Equal("", grid.Open);
        grid.Lose("t1f1m3", 12).Settle(2000);
        Assert.Equal(["t1f1m1", "t1f1m2", "t1f1m3"], Silent(grid, "t1f1"));
    }

    [Fact]
    public void Judge_SilentAtDifferentTimes_IsNone()
    {
        // Last measured two minutes apart with a minute between measurements: no instant fits both.
        var grid = new OutageGrid([[4]]).HearAll(0);
        grid.Lose("t1f1m1", 10).Lose("t1f1m2", 130).Settle(400);

        Assert.Equal("", grid.Open);
    }

    [Fact]
    public void Judge_DeadForAWeekAndNeverHeard_ArentCounted()
    {
        var grid = new OutageGrid([[8, 2]]);
        foreach (string meter in (string[])["t1f1m1", "t1f1m2", "t1f1m3", "t1f1m4", "t1f2m1", "t1f2m2"])
        {
            grid.Hear(meter, 0);
        }

        grid.Lose("t1f1m5", -600_000).Lose("t1f1m6", -500_000).Settle(0);
        Assert.Equal("", grid.Open);
        grid.Lose("t1f1m1", 100).Lose("t1f1m2", 100).Settle(300);

        Assert.Equal(["Begin t1f1 2/4"], grid.Steps);
        Assert.Equal(["t1f1m1", "t1f1m2"], Silent(grid, "t1f1"));
    }

    [Fact]
    public void Judge_TheOtherFeederWentLater_WasAliveThen()
    {
        // After a start of ours nobody of the second feeder has spoken yet: it may have gone at any time since.
        var grid = new OutageGrid([[4, 4]]).HearAll(0);
        grid.LoseAll("t1f1m", 10).Settle(200);
        foreach (string meter in grid.Named("t1f2m"))
        {
            grid.Take(meter, new OutageSign(OutageSignKind.Silent, AssetUnderTest.At(300), 60_000, 100_000));
        }

        grid.Settle(2000);

        Assert.Equal(["Begin t1f1 4/4", "Begin t1f2 4/4"], grid.Steps);
        Assert.Equal("t1f1@10 t1f2@300", grid.Open);
    }

    [Fact]
    public void Judge_GoneWhileThePlatformWasDeaf_IsOneOutage()
    {
        var grid = new OutageGrid([[3], [1]]).HearAll(0);
        for (int m = 1; m <= 3; m++)
        {
            // Last heard two hours apart, all before or in our absence until 10,000 s.
            grid.Take($"t1f1m{m}", new OutageSign(OutageSignKind.Silent, AssetUnderTest.At(m * 3000), 60_000, 10_000_000 - (m * 3_000_000)));
        }

        grid.Settle(20_000);

        Assert.Equal(["Begin t1f1 3/3"], grid.Steps);
        Assert.Equal("t1f1@9000", grid.Open);
    }

    [Fact]
    public void Judge_OneFeederAliveUnderTheTransformer_TheFeederIsThePlaceHoweverLarge()
    {
        var grid = new OutageGrid([[90, 3]]).HearAll(0);
        grid.LoseAll("t1f1m", 10).Settle(200);

        Assert.Equal(["Begin t1f1 90/90"], grid.Steps);
    }

    [Fact]
    public void Judge_BothFeedersDark_IsOneOutageOfTheTransformer()
    {
        var grid = new OutageGrid([[4, 4], [4]]).HearAll(0);
        grid.LoseAll("t1", 10).Settle(200);

        Assert.Equal(["Begin t1 8/8"], grid.Steps);
        Assert.Equal("t1@10", grid.Open);
    }

    [Fact]
    public void Judge_AllMetersOnOneFeeder_ThePlaceIsSaidByTheTransformersOwnMeter()
    {
        var alive = new OutageGrid([[4]]).HearAll(0);
        alive.LoseAll("t1f1m", 10).Settle(200);
        Assert.Equal("t1f1@10", alive.Open);

        var dark = new OutageGrid([[4]]).HearAll(0);
        dark.LoseAll("t1", 10).Settle(200);
        Assert.Equal("t1@10", dark.Open);
    }

    [Fact]
    public void Judge_SecondFeederFollows_TheFirstFoldsIntoTheTransformer()
    {
        var grid = new OutageGrid([[4, 4]]).HearAll(0);
        grid.LoseAll("t1f1m", 10).Settle(200);
        grid.LoseAll("t1f2m", 30).Settle(2000);

        Assert.Equal(["Begin t1f1 4/4", "Begin t1 8/8", "Fold t1f1 4/4"], grid.Steps);
        Assert.Equal("t1@30 (t1f1)@10", grid.Open);
    }

    [Fact]
    public void Judge_OneFeederComesBack_TheOutageUnfoldsToTheOther()
    {
        var grid = new OutageGrid([[4, 4]]).HearAll(0);
        grid.LoseAll("t1f1m", 10).Settle(200);
        grid.LoseAll("t1f2m", 30).Settle(2000);
        grid.Steps.Clear();
        grid.HearAll(3100, "t1f2m").At(3200);

        Assert.Equal(["Unfold t1f1 4/4", "End t1 4/8"], grid.Steps);
        Assert.Equal("t1f1@10", grid.Open);

        grid.HearAll(4000, "t1f1m").At(4100);
        Assert.Equal("End t1f1 0/4", grid.Steps[^1]);
        Assert.Equal("", grid.Open);
    }

    [Fact]
    public void Judge_OneFeederComesBackOfATransformerOutage_TheOtherIsAnOutageAtOnce()
    {
        var grid = new OutageGrid([[4, 4]]).HearAll(0);
        grid.LoseAll("t1", 10).Settle(200);
        grid.HearAll(3100, "t1f2m").At(3200);

        Assert.Equal(["Begin t1 8/8", "Begin t1f1 4/4", "End t1 4/8"], grid.Steps);
    }

    [Fact]
    public void Judge_MetersComeBackOneByOne_TheOutageLastsUntilFewAreSilent()
    {
        var grid = new OutageGrid([[8]]).HearAll(0, "t1");
        grid.LoseAll("t1f1m", 10).Settle(200);
        for (int m = 1; m <= 5; m++)
        {
            grid.Hear($"t1f1m{m}", 1300).At(1300 + m);
            Assert.Equal("t1f1@10", grid.Open);
        }

        grid.Hear("t1f1m6", 1310).Hear("t1f1m7", 1310).At(1310);

        Assert.Equal(["Begin t1f1 8/8", "End t1f1 1/8"], grid.Steps);
    }

    [Fact]
    public void Judge_LastGasps_CountAtOnceAndSayWhen()
    {
        var grid = new OutageGrid([[4], [4]], Condition(within: TimeSpan.FromSeconds(1))).HearAll(0);
        grid.Gasp("t1f1m1", 100.2).Gasp("t1f1m2", 100.4).Gasp("t1f1m3", 100.1).At(100.5).At(101.5);

        Assert.Equal(["Begin t1f1 3/4"], grid.Steps);
        Assert.Equal("t1f1@100.4", grid.Open);
    }

    [Fact]
    public void Judge_LatecomersUnderAnOpenOutage_ExtendIt()
    {
        var grid = new OutageGrid([[4]]).HearAll(0);
        grid.Lose("t1f1m1", 10).Lose("t1f1m2", 20).Settle(200);
        grid.Lose("t1f1m3", 30).At(1300).At(1301);

        Assert.Equal(["Begin t1f1 2/4", "Extend t1f1 3/4"], grid.Steps);
    }

    [Fact]
    public void Restore_OutagesAndSigns_GoOnWhereTheyWere()
    {
        var grid = new OutageGrid([[4, 4]]).HearAll(0);
        grid.LoseAll("t1", 10);
        foreach (var place in grid.Map.Places.Where(p => p.Id.Name != "t1f2"))
        {
            grid.Judge.Restore(place, AssetUnderTest.At(10), isFolded: place.Id.Name == "t1f1");
        }

        grid.At(500);

        Assert.Equal(["Extend t1 8/8"], grid.Steps);
        Assert.Equal("t1@10 (t1f1)@10", grid.Open);
    }

    [Fact]
    public void Map_MembersAreAllBelowAndThePlaceItself()
    {
        var grid = new OutageGrid([[1, 2]]);
        var place = grid.Map.PlaceOf(grid["t1"])!;

        Assert.Equal(["t1", "t1f1", "t1f1m1", "t1f2", "t1f2m1", "t1f2m2"], place.Members.Select(m => grid.Directory[m].Id.Name).Order(StringComparer.Ordinal));
        Assert.Equal(3, place.MeterCount);
        Assert.Null(grid.Map.PlaceOf(grid["t1f1m1"]));
        Assert.Equal("t1f2", grid.Map.PlaceAbove(grid["t1f2m1"])!.Id.Name);
        Assert.Equal(0, OutageMap.Empty.HoldMilliseconds(grid["t1f1m1"], 60_000));

        // A minute for the others' silence, the settling of 20 s, 5 s and a second to spare.
        Assert.Equal(86_000, grid.Map.HoldMilliseconds(grid["t1f1m1"], 60_000));
    }

    private static OutageCondition Condition(double share = 0.5, TimeSpan? within = null) => new(share, 2, within ?? TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    private static IEnumerable<string> Silent(OutageGrid grid, string place) =>
        grid.Judge.SilentMeters(grid.Map.PlaceOf(grid[place]) ?? throw new ArgumentException(place, nameof(place)), 100).Select(m => grid.Directory[m].Id.Name);
}
