using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class ThresholdTests
{
    private static readonly AlarmRule s_high = new("voltage-high", "High", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.Zero));
    private static readonly AlarmRule s_delayed = s_high with { Condition = new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.FromSeconds(15)) };
    private static readonly AlarmRule s_low = new("voltage-low", "Low", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), false, 207, 2, TimeSpan.Zero));

    [Fact]
    public void High_VectorOfFacts_TripsAtLimitAndClearsStrictlyInside()
    {
        // facts.md 3.2: 252.9 N, 253.0 A, 252.0 A, 251.0 A (not < 251.0), 250.9 N.
        (double Value, bool IsAbnormal)[] vector = [(252.9, false), (253.0, true), (252.0, true), (251.0, true), (250.9, false)];
        var asset = new AssetUnderTest(rules: [s_high]);
        for (int i = 0; i < vector.Length; i++)
        {
            asset.Post(i, "voltage", vector[i].Value);

            bool isAbnormal = asset.Snapshot.Alarms.Any(a => a.State == AlarmState.Unacknowledged);
            Assert.Equal(vector[i].IsAbnormal, isAbnormal);
        }
    }

    [Fact]
    public void Low_Mirrored_TripsAtLimitAndClearsStrictlyInside()
    {
        var asset = new AssetUnderTest(rules: [s_low]);
        asset.Post(0, "voltage", 207.1).Post(1, "voltage", 207.0).Post(2, "voltage", 209.0);
        Assert.Single(asset.Transitions);

        asset.Post(3, "voltage", 209.1);

        Assert.Equal(["voltage 207 V is at or below 207 V", "voltage 209.1 V is above 209 V again"], asset.Transitions.Select(t => t.Why));
    }

    [Theory]
    [InlineData(14.9, false)]
    [InlineData(15, true)]
    public void OnDelay_AbnormalFor_RaisesAtFifteenSecondsNotBefore(double seconds, bool raised)
    {
        var asset = new AssetUnderTest(rules: [s_delayed]);

        asset.Post(0, "voltage", 254).Post(7, "voltage", 253).Post(seconds, "voltage", 254);

        Assert.Equal(raised, asset.Transitions.Count == 1);
    }

    [Fact]
    public void OnDelay_OneSampleBelowTheLimit_RestartsTheTimer()
    {
        var asset = new AssetUnderTest(rules: [s_delayed]);

        asset.Post(0, "voltage", 254).Post(10, "voltage", 252.9).Post(11, "voltage", 254).Post(20, "voltage", 254);
        Assert.Empty(asset.Transitions);
        asset.Post(26, "voltage", 254);

        Assert.Equal(At(26), Assert.Single(asset.Transitions).At);
    }

    [Theory]
    [InlineData(null, 300, true)]
    [InlineData(null, 300.001, false)]
    [InlineData(10.0, 30, true)]
    [InlineData(10.0, 30.001, false)]
    public void OnDelay_GapBetweenAbnormalReadings_IsNotStillTrue(double? intervalSeconds, double gap, bool raised)
    {
        var meter = new Asset(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = intervalSeconds is { } s ? TimeSpan.FromSeconds(s) : null };
        var asset = new AssetUnderTest(meter, [s_delayed]);

        asset.Post(0, "voltage", 254).Post(gap, "voltage", 254);

        Assert.Equal(raised, asset.Transitions.Count == 1);
    }

    [Fact]
    public void Reading_OutOfOrderLateHistoricalOrBad_RaisesNothing()
    {
        var asset = new AssetUnderTest(rules: [s_high]);
        asset.Post(100, "voltage", 230);

        asset.PostAt(At(101), Of(70, "voltage", 300)).PostAt(At(102), Of(1, "voltage", 300));
        asset.Post(Of(110, "voltage", 300, origin: ReadingOrigin.Historical)).Post(Of(120, "voltage", 300, quality: Quality.Bad)).Post(130, "voltage", 2_000_000);
        asset.Post(Of(140, "voltage", 300, origin: ReadingOrigin.Retained | ReadingOrigin.TimeOfArrival));

        Assert.Empty(asset.Transitions);
    }

    [Fact]
    public void Raise_TransitionSaysAll()
    {
        var asset = new AssetUnderTest(rules: [s_high]);

        asset.Post(5, "voltage", 253.4);

        var t = Assert.Single(asset.Transitions);
        Assert.Equal(
            new AlarmTransition($"green:meter-1:voltage-high:{At(5).UnixMilliseconds}", asset.Asset.Id, "voltage-high", "High", AlarmSeverity.Medium, AlarmState.Normal, AlarmState.Unacknowledged, At(5), At(5), 253.4, "platform", "voltage 253.4 V is at or above 253 V"),
            t);
    }

    [Fact]
    public void Raise_Replayed_FindsTheSameId()
    {
        var first = new AssetUnderTest(rules: [s_high]);
        var second = new AssetUnderTest(rules: [s_high]);

        first.Post(0, "voltage", 230).Post(5, "voltage", 254);
        second.PostAt(At(9), Of(0, "voltage", 230), Of(5, "voltage", 254));

        Assert.Equal(first.Transitions, second.Transitions);
    }

    [Fact]
    public void Raise_AgainWhileOpen_KeepsOneAlarm()
    {
        var asset = new AssetUnderTest(rules: [s_high]);

        asset.Post(0, "voltage", 254).Post(1, "voltage", 230).Post(2, "voltage", 255);

        Assert.Equal([AlarmState.Unacknowledged, AlarmState.ReturnedUnacknowledged, AlarmState.Unacknowledged], asset.Transitions.Select(t => t.To));
        Assert.Single(asset.Transitions.Select(t => t.AlarmId).Distinct());
        Assert.Equal(255, Assert.Single(asset.Snapshot.Alarms).Value);
    }

    [Fact]
    public void Raise_AfterNormal_IsANewAlarm()
    {
        var asset = new AssetUnderTest(rules: [s_high]);
        asset.Post(0, "voltage", 254);
        asset.Command(1, "voltage-high", AlarmAction.Acknowledge);

        asset.Post(2, "voltage", 230).Post(3, "voltage", 254);

        Assert.Equal(2, asset.Transitions.Select(t => t.AlarmId).Distinct().Count());
    }

    [Fact]
    public void ShareOfRating_LimitFollowsTheAsset()
    {
        var rule = new AlarmRule("overload", "Overload", AlarmSeverity.High, new ThresholdCondition(Catalog.Id("activePower"), true, 1, 0.05, TimeSpan.Zero) { IsShareOfRating = true });
        var asset = new AssetUnderTest(new Asset(AssetId.Of("green", "t"), "t", AssetKind.Transformer) { RatedPowerWatts = 1000 }, [rule]);

        asset.Post(0, "activePower", 999).Post(1, "activePower", 1000).Post(2, "activePower", 950).Post(3, "activePower", 949);

        Assert.Equal([At(1), At(3)], asset.Transitions.Select(t => t.At));
    }
}
