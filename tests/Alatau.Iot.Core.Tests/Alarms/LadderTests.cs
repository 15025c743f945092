using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class LadderTests
{
    private static readonly AlarmRule s_rule = new("hot", "Hot", AlarmSeverity.Low, new ThresholdCondition(Catalog.Id("deviceTemperature"), true, 70, 5, TimeSpan.Zero)
    {
        Ladder = [Rung(AlarmSeverity.Low, 70), Rung(AlarmSeverity.High, 80), Rung(AlarmSeverity.Critical, 90)],
    });

    private readonly AssetUnderTest _asset = new(rules: [s_rule]);

    internal static AlarmRung Rung(AlarmSeverity? severity, double at, double deadband = 5, int onSeconds = 0, int offSeconds = 0) =>
        new(severity, new AlarmQuantity(at), new AlarmQuantity(deadband), TimeSpan.FromSeconds(onSeconds), TimeSpan.FromSeconds(offSeconds));

    [Fact]
    public void Climb_LimitByLimit_IsOneAlarmThatGrowsMoreSevere()
    {
        Feed(65, 71, 81, 91);

        Assert.Equal([(Normal, Unacknowledged, AlarmSeverity.Low), (Unacknowledged, Unacknowledged, AlarmSeverity.High), (Unacknowledged, Unacknowledged, AlarmSeverity.Critical)], Steps());
        Assert.Single(_asset.Transitions.Select(t => t.AlarmId).Distinct());
        Assert.Equal(AlarmSeverity.Critical, Assert.Single(_asset.Snapshot.Alarms).Severity);
        Assert.Equal("deviceTemperature 81 degC is at or above 80 degC", _asset.Transitions[1].Why);
    }

    [Fact]
    public void Climb_SeveralLimitsAtOnce_IsOneStepToTheHighest()
    {
        Feed(95);

        Assert.Equal([(Normal, Unacknowledged, AlarmSeverity.Critical)], Steps());
    }

    [Fact]
    public void Climb_Acknowledged_AsksForAnotherAcknowledgement()
    {
        Feed(71);
        _asset.Command(10, "hot", AlarmAction.Acknowledge);
        _asset.Post(20, "deviceTemperature", 85);

        Assert.Equal((Acknowledged, Unacknowledged, AlarmSeverity.High), Steps()[^1]);
    }

    [Fact]
    public void Fall_BelowTheHigherLimits_KeepsTheWorstUntilItIsOver()
    {
        Feed(91, 72, 85, 64);

        Assert.Equal([(Normal, Unacknowledged, AlarmSeverity.Critical), (Unacknowledged, ReturnedUnacknowledged, AlarmSeverity.Critical)], Steps());
        Assert.Equal("deviceTemperature 64 degC is below 65 degC again", _asset.Transitions[^1].Why);
        _asset.Command(10, "hot", AlarmAction.Acknowledge);
        _asset.Post(20, "deviceTemperature", 71);
        Assert.Equal((Normal, Unacknowledged, AlarmSeverity.Low), Steps()[^1]);
    }

    [Fact]
    public void Climb_Shelved_IsNoStepAndShowsWhenItLeavesTheShelf()
    {
        Feed(71);
        _asset.Command(10, "hot", AlarmAction.Shelve, "works", TimeSpan.FromHours(1));
        _asset.Post(20, "deviceTemperature", 95);
        Assert.Equal(2, _asset.Transitions.Count);

        _asset.Command(30, "hot", AlarmAction.Unshelve);

        Assert.Equal((Shelved, Unacknowledged, AlarmSeverity.Critical), Steps()[^1]);
    }

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void OffDelay_InsideFor_ReturnsAtSixtySecondsNotBefore(double seconds, bool returned)
    {
        var asset = new AssetUnderTest(rules: [s_rule with { Condition = new ThresholdCondition(Catalog.Id("deviceTemperature"), true, 70, 5, TimeSpan.Zero) { Ladder = [Rung(null, 70, offSeconds: 60)] } }]);

        asset.Post(0, "deviceTemperature", 71).Post(10, "deviceTemperature", 60).Post(20, "deviceTemperature", 66).Post(100, "deviceTemperature", 60).Post(100 + seconds, "deviceTemperature", 64);

        Assert.Equal(returned, asset.Transitions.Count == 2);
    }

    [Fact]
    public void OffDelay_GapBetweenNormalReadings_IsNotStillNormal()
    {
        var meter = new Asset(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = TimeSpan.FromSeconds(10) };
        var asset = new AssetUnderTest(meter, [s_rule with { Condition = new ThresholdCondition(Catalog.Id("deviceTemperature"), true, 70, 5, TimeSpan.Zero) { Ladder = [Rung(null, 70, offSeconds: 60)] } }]);

        asset.Post(0, "deviceTemperature", 71).Post(10, "deviceTemperature", 60).Post(100, "deviceTemperature", 60);
        Assert.Single(asset.Transitions);
        asset.Post(130, "deviceTemperature", 60).Post(160, "deviceTemperature", 60);

        Assert.Equal(At(160), asset.Transitions[^1].At);
    }

    [Fact]
    public void Limit_FromAnAttribute_FollowsTheAssetAndItsUnit()
    {
        var current = new AlarmQuantity(1.1, "ratedCurrent", "A", "A");
        var rule = new AlarmRule("current-high", "Current", AlarmSeverity.High, new ThresholdCondition(Catalog.Id("current"), true, 1.1, 0, TimeSpan.Zero)
        {
            Ladder = [new AlarmRung(null, current, new AlarmQuantity(0.1, "ratedCurrent", "A", "A"), TimeSpan.Zero, TimeSpan.Zero)],
        });
        foreach (var (text, limit) in new[] { ("250", 275.0), ("0.25 kA", 275.0), ("100 A", 110.0) })
        {
            var asset = new AssetUnderTest(new Asset(AssetId.Of("green", "f"), "f", AssetKind.Feeder) { Attributes = new Dictionary<string, string> { ["ratedCurrent"] = text } }, [rule]);

            asset.Post(0, "current", limit - 0.01).Post(1, "current", limit + 0.001).Post(2, "current", (limit / 1.1) + 0.001).Post(3, "current", (limit / 1.1) - 0.01);

            Assert.Equal([At(1), At(3)], asset.Transitions.Select(t => t.At));
        }

        foreach (string? text in (string?[])[null, "much", "250 V"])
        {
            var attributes = text is null ? [] : new Dictionary<string, string> { ["ratedCurrent"] = text };
            var asset = new AssetUnderTest(new Asset(AssetId.Of("green", "f"), "f", AssetKind.Feeder) { Attributes = attributes }, [rule]);
            Assert.Empty(asset.Post(0, "current", 90_000).Transitions);
        }
    }

    [Fact]
    public void Deadband_EachLimitOfALadder_ClimbsAtMostOnceForEachTrueCrossing()
    {
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            var asset = new AssetUnderTest(rules: [s_rule]);
            bool isArmed = true;
            var worst = (AlarmSeverity?)null;
            int expected = 0;
            for (int i = 0; i < 100; i++)
            {
                double value = 60 + (random.NextDouble() * 35);
                AlarmSeverity? reached = value >= 90 ? AlarmSeverity.Critical : value >= 80 ? AlarmSeverity.High : value >= 70 ? AlarmSeverity.Low : null;
                if (isArmed && reached is not null)
                {
                    // Raised, or raised again while nobody has acknowledged: one step, at the worst so far.
                    (isArmed, expected) = (false, expected + 1);
                    worst = worst is null || reached > worst ? reached : worst;
                }
                else if (!isArmed && reached > worst)
                {
                    (worst, expected) = (reached, expected + 1);
                }
                else if (!isArmed && value < 65)
                {
                    isArmed = true;
                }

                asset.Post(i, "deviceTemperature", value);
            }

            Assert.Equal(expected, asset.Transitions.Count(t => t.To == Unacknowledged));
        }
    }

    private void Feed(params double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            _asset.Post(i, "deviceTemperature", values[i]);
        }
    }

    private List<(AlarmState From, AlarmState To, AlarmSeverity Severity)> Steps() => [.. _asset.Transitions.Select(t => (t.From, t.To, t.Severity))];
}
