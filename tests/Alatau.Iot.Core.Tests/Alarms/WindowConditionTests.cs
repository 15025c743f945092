using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class WindowConditionTests
{
    private static readonly Asset s_meter = new(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(20) };

    private static AlarmRule Rule(WindowStatistic statistic = WindowStatistic.Mean, bool isHigh = true, double limit = 253, int onSeconds = 0, double least = 0) =>
        new("band", "Band", AlarmSeverity.Medium, new WindowCondition(Catalog.Id("voltage"), isHigh, WindowSpan.OneMinute, statistic, [LadderTests.Rung(null, limit, 0, onSeconds)]) { LeastCompleteness = least });

    [Fact]
    public void Published_MeanAtTheLimit_RaisesAtTheWindowsEnd()
    {
        var asset = Play(Rule(), 250, 256, 253, 230, 230, 230, 230);

        Assert.Equal([(At(60), Unacknowledged, 253.0), (At(120), ReturnedUnacknowledged, 230.0)], asset.Transitions.Select(t => (t.At, t.To, t.Value!.Value)));
        Assert.Equal("mean of voltage in the 1m up to 2026-11-22T05:01:00.000Z, 253 V, is at or above 253 V", asset.Transitions[0].Why);
    }

    [Theory]
    [InlineData(WindowStatistic.Min, true, 250, 1)]
    [InlineData(WindowStatistic.Min, true, 250.1, 0)]
    [InlineData(WindowStatistic.Max, true, 256, 1)]
    [InlineData(WindowStatistic.Max, true, 256.1, 0)]
    [InlineData(WindowStatistic.Last, true, 253, 1)]
    [InlineData(WindowStatistic.Count, false, 3, 1)]
    [InlineData(WindowStatistic.Count, false, 2, 0)]
    [InlineData(WindowStatistic.Completeness, false, 1, 1)]
    [InlineData(WindowStatistic.Completeness, false, 0.99, 0)]
    public void Published_EachStatistic_IsWhatIsCompared(WindowStatistic statistic, bool isHigh, double limit, int raised) =>
        Assert.Equal(raised, Play(Rule(statistic, isHigh, limit), 250, 256, 253, 100).Transitions.Count);

    [Fact]
    public void Published_Incomplete_SaysNothingAndIsAGap()
    {
        var asset = new AssetUnderTest(s_meter, [Rule(onSeconds: 120, least: 0.5)]);
        foreach (int seconds in (int[])[0, 20, 40, 60, 120, 140, 160, 180, 200, 220, 240])
        {
            asset.Post(seconds, "voltage", 260);
        }

        // The second minute holds one reading of three: the two minutes count from the third.
        Assert.Equal(At(240), Assert.Single(asset.Transitions).At);
    }

    [Fact]
    public void OnDelay_TwoWindowsInARow_CountFromTheStartOfTheFirst()
    {
        Assert.Empty(Play(Rule(onSeconds: 120), 260, 260, 260, 230, 230, 230, 260, 260, 260, 230).Transitions);
        Assert.Equal(At(120), Assert.Single(Play(Rule(onSeconds: 120), 260, 260, 260, 260, 260, 260, 260).Transitions).At);
    }

    [Fact]
    public void Corrected_NewestWindow_TakesItsAlarmBack()
    {
        var asset = new AssetUnderTest(s_meter, [Rule()]);
        asset.Post(0, "voltage", 260).Tick(75);
        Assert.Equal([Unacknowledged], asset.Transitions.Select(t => t.To));

        asset.PostAt(At(5000), Of(40, "voltage", 200)).Tick(6000);

        Assert.Equal([Unacknowledged, ReturnedUnacknowledged], asset.Transitions.Select(t => t.To));
        Assert.Equal("mean of voltage in the 1m up to 2026-11-22T05:01:00.000Z, 230 V, came of a correction", asset.Transitions[1].Why);
    }

    [Fact]
    public void Corrected_NewestWindow_RaisesWhileItHasJustEnded()
    {
        var asset = new AssetUnderTest(s_meter, [Rule()]);
        asset.Post(0, "voltage", 250).Post(20, "voltage", 250).Tick(75).PostAt(At(76), Of(40, "voltage", 290)).Tick(90);

        var raised = Assert.Single(asset.Transitions);
        Assert.Equal((At(60), Unacknowledged), (raised.At, raised.To));
        Assert.True(asset.Windows.Count(w => w.Window.Span == WindowSpan.OneMinute) == 2, "The window was published twice.");
    }

    [Fact]
    public void Corrected_WindowLongPast_RaisesNothing()
    {
        var asset = new AssetUnderTest(s_meter, [Rule()]);
        asset.Post(0, "voltage", 250).Post(20, "voltage", 250).Tick(1000).PostAt(At(5000), Of(40, "voltage", 290)).Tick(6000);

        Assert.Empty(asset.Transitions);
        Assert.Equal(263.3, asset.Published("voltage", WindowSpan.OneMinute)[0].Summary.Mean, 0.1);
    }

    [Fact]
    public void Corrected_SameVerdict_MakesNoStep()
    {
        var asset = new AssetUnderTest(s_meter, [Rule()]);
        asset.Post(0, "voltage", 260).Tick(75).PostAt(At(76), Of(40, "voltage", 290)).Tick(90).PostAt(At(91), Of(50, "voltage", 291)).Tick(110);

        Assert.Single(asset.Transitions);
    }

    /// <summary>Readings twenty seconds apart.</summary>
    private static AssetUnderTest Play(AlarmRule rule, params double[] values)
    {
        var asset = new AssetUnderTest(s_meter, [rule]);
        for (int i = 0; i < values.Length; i++)
        {
            asset.Post(i * 20, "voltage", values[i]);
        }

        return asset;
    }
}
