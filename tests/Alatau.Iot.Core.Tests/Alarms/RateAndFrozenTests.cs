using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class RateAndFrozenTests
{
    private static readonly Asset s_room = new(AssetId.Of("green", "room"), "room", AssetKind.Building) { ReportingInterval = TimeSpan.FromMinutes(1) };

    private static AlarmRule Rate(RateDirection direction, double limit = 5, double deadband = 1) =>
        new("fast", "Fast", AlarmSeverity.High, new RateCondition(Catalog.Id("ambientTemperature"), TimeSpan.FromMinutes(8), direction, [LadderTests.Rung(null, limit, deadband)]));

    private static AlarmRule Frozen(double resolution = 0, int minutes = 30, int readings = 3, double? above = null) =>
        new("frozen", "Frozen", AlarmSeverity.Low, new FrozenCondition(Catalog.Id("activePower"), resolution, TimeSpan.FromMinutes(minutes), readings, above));

    [Theory]
    [InlineData(RateDirection.Rise, 20, 25, true)]
    [InlineData(RateDirection.Rise, 20, 24.99, false)]
    [InlineData(RateDirection.Rise, 25, 20, false)]
    [InlineData(RateDirection.Fall, 25, 20, true)]
    [InlineData(RateDirection.Fall, 20, 25, false)]
    [InlineData(RateDirection.Either, 20, 25, true)]
    [InlineData(RateDirection.Either, 25, 20, true)]
    public void Rate_ChangeWithinTheSpan_CountsInItsDirection(RateDirection direction, double from, double to, bool raised)
    {
        var asset = new AssetUnderTest(s_room, [Rate(direction)]);

        asset.Post(0, "ambientTemperature", from).Post(120, "ambientTemperature", to);

        Assert.Equal(raised, asset.Transitions.Count == 1);
    }

    [Fact]
    public void Rate_SlowerThanTheSpan_IsNotRaised()
    {
        var asset = new AssetUnderTest(s_room, [Rate(RateDirection.Rise)]);
        for (int minute = 0; minute < 60; minute++)
        {
            asset.Post(minute * 60, "ambientTemperature", 20 + (minute * 0.6));
        }

        Assert.Empty(asset.Transitions);
    }

    [Fact]
    public void Rate_ValueStaysAfterAJump_ReturnsWhenTheSpanHasPassed()
    {
        var asset = new AssetUnderTest(s_room, [Rate(RateDirection.Rise)]);
        for (int minute = 0; minute < 30; minute++)
        {
            asset.Post(minute * 60, "ambientTemperature", minute < 10 ? 20 : 26);
        }

        // The last low value is of minute 9; it leaves the eight eighths behind it at minute 17.
        Assert.Equal([(At(600), Unacknowledged), (At(17 * 60), ReturnedUnacknowledged)], asset.Transitions.Select(t => (t.At, t.To)));
        Assert.Equal("ambientTemperature rose by 6 K within 8 min, which is at or above 5 K", asset.Transitions[0].Why);
        Assert.Equal(6, asset.Transitions[0].Value);
    }

    [Theory]
    [InlineData(180, true)]
    [InlineData(181, false)]
    public void Rate_GapLongerThanTheSilence_ForgetsWhatWasBefore(double gap, bool raised)
    {
        var asset = new AssetUnderTest(s_room, [Rate(RateDirection.Rise)]);

        asset.Post(0, "ambientTemperature", 20).Post(gap, "ambientTemperature", 30);

        Assert.Equal(raised, asset.Transitions.Count == 1);
    }

    [Fact]
    public void Rate_AgainstAllReadingsKept_IsTheirChangeWithinSevenToEightEighths()
    {
        var random = new Random(11);
        for (int round = 0; round < 100; round++)
        {
            var trace = new RateTrace();
            var condition = (RateCondition)Rate(RateDirection.Rise).Condition;
            var kept = new List<(double At, double Value)>();
            double at = 0;
            for (int i = 0; i < 200; i++)
            {
                at += random.Next(1, 120);
                double value = random.NextDouble() * 40;
                double rise = trace.Take(At(at), value, condition, isGap: false);
                double within(double seconds) => Math.Max(0, kept.Where(k => k.At > at - seconds).Select(k => value - k.Value).DefaultIfEmpty(0).Max());
                Assert.InRange(rise, within(7 * 60), within(8 * 60));
                kept.Add((at, value));
            }
        }
    }

    [Theory]
    [InlineData(29 * 60, false)]
    [InlineData(30 * 60, true)]
    public void Frozen_NoChangeFor_RaisesAtThirtyMinutesNotBefore(int until, bool raised)
    {
        var asset = Steady(Frozen(), until, _ => 1500);

        Assert.Equal(raised, asset.Transitions.Count == 1);
        if (raised)
        {
            Assert.Equal(("activePower has been 1500 W for 30 min, in 31 readings", 1500.0), (asset.Transitions[0].Why, asset.Transitions[0].Value));
            asset.Post(until + 60, "activePower", 1501);
            Assert.Equal("activePower moves again: 1501 W", asset.Transitions[1].Why);
        }
    }

    [Fact]
    public void Frozen_ChangeWithinTheResolution_IsNoChange() =>
        Assert.Single(Steady(Frozen(resolution: 2), 30 * 60, i => 1500 + (i % 3)).Transitions);

    [Fact]
    public void Frozen_SlowDrift_IsAChangeOnceItLeavesTheResolution() =>
        Assert.Empty(Steady(Frozen(resolution: 2), 300 * 60, i => 1500 + (i * 0.1)).Transitions);

    [Fact]
    public void Frozen_TooFewReadings_AreNotJudged()
    {
        var asset = new AssetUnderTest(s_room with { ReportingInterval = TimeSpan.FromMinutes(20) }, [Frozen(readings: 4)]);
        asset.Post(0, "activePower", 5).Post(1200, "activePower", 5).Post(2400, "activePower", 5);
        Assert.Empty(asset.Transitions);

        asset.Post(3600, "activePower", 5);

        Assert.Single(asset.Transitions);
    }

    [Fact]
    public void Frozen_RestsAtZero_IsNotJudgedBelowItsAmount()
    {
        Assert.Empty(Steady(Frozen(above: 10), 300 * 60, _ => 0).Transitions);
        Assert.Single(Steady(Frozen(above: 10), 30 * 60, _ => -11).Transitions);
    }

    [Fact]
    public void Frozen_Gap_BeginsAnew()
    {
        var asset = Steady(Frozen(), 20 * 60, _ => 7);
        for (int minute = 30; minute < 60; minute++)
        {
            asset.Post(minute * 60, "activePower", 7);
        }

        Assert.Empty(asset.Transitions);
    }

    [Fact]
    public void Traces_RuleOfAnotherMeasurand_CostTheAssetNothing()
    {
        var asset = new AssetUnderTest(s_room, [Rate(RateDirection.Rise), Frozen()]);

        asset.Post(0, "humidity", 40).Post(60, "humidity", 41);

        Assert.Null(asset.State.Rare);
    }

    [Fact]
    public void Judging_RateFrozenAndWindows_AllocatesNothing()
    {
        var window = new AlarmRule("band", "Band", AlarmSeverity.Low, new WindowCondition(Catalog.Id("activePower"), true, Core.Windows.WindowSpan.OneMinute, Core.Windows.WindowStatistic.Mean, [LadderTests.Rung(null, 1e9)]));
        var asset = new AssetUnderTest(s_room, [Rate(RateDirection.Rise, 1e6), Frozen(), window]);
        var readings = new Reading[2];
        int i = 0;
        void Run(int count)
        {
            for (int end = i + count; i < end; i++)
            {
                readings[0] = new Reading(At(i), 20 + (i % 5), 0, Catalog.Id("ambientTemperature"), Quality.Good, ReadingOrigin.None);
                readings[1] = new Reading(At(i), i % 7, 0, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None);
                asset.Processor.Apply(asset.State, new ReadingBatch(asset.State.Handle, At(i), 0, 0, readings));
            }
        }

        Run(1000);

        Assert.Equal(0, Allocations.LeastOf(() => Run(10_000)));
    }

    private static AssetUnderTest Steady(AlarmRule rule, int until, Func<int, double> value)
    {
        var asset = new AssetUnderTest(s_room, [rule]);
        for (int i = 0; i * 60 <= until; i++)
        {
            asset.Post(i * 60, "activePower", value(i));
        }

        return asset;
    }
}
