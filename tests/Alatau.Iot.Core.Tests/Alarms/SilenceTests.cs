using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

public sealed class SilenceTests
{
    private static readonly AlarmRule s_rule = new("device-silent", "Silent", AlarmSeverity.Low, new SilenceCondition(TimeSpan.FromMinutes(5)));

    private readonly AssetUnderTest _asset = new(rules: [s_rule]);

    [Theory]
    [InlineData(299.999, 0)]
    [InlineData(300, 1)]
    public void Tick_NothingMeasuredForFiveMinutes_Raises(double now, int transitions)
    {
        _asset.Post(0, "activePower", 1);

        _asset.Tick(now);

        Assert.Equal(transitions, _asset.Transitions.Count);
    }

    [Fact]
    public void Tick_ComesLate_TransitionCarriesTheDeadline()
    {
        _asset.Post(0, "activePower", 1).Tick(1000);

        var t = Assert.Single(_asset.Transitions);
        Assert.Equal(At(300), t.At);
        Assert.Null(t.Value);
    }

    [Fact]
    public void Arrival_OfOldMeasurements_DoesNotKeepTheDeviceAlive()
    {
        // The device sends what its buffer holds: it arrives now, it was measured long ago.
        _asset.Post(0, "activePower", 1);
        _asset.PostAt(At(290), Of(1, "activePower", 1)).PostAt(At(295), Of(2, "activePower", 1));

        _asset.Tick(310);

        Assert.Equal(At(302), Assert.Single(_asset.Transitions).At);
    }

    [Fact]
    public void Arrival_AfterOurStartWithOldStamps_IsNotSilentBeforeItHadItsTime()
    {
        _asset.PostAt(At(1000), Of(0, "activePower", 1)).Tick(1299.999);
        Assert.Empty(_asset.Transitions);

        _asset.Tick(1300);

        Assert.Single(_asset.Transitions);
    }

    [Fact]
    public void Return_FreshReading_EndsSilence()
    {
        _asset.Post(0, "activePower", 1).Tick(300).Post(400, "activePower", 1);

        Assert.Equal([AlarmState.Unacknowledged, AlarmState.ReturnedUnacknowledged], _asset.Transitions.Select(t => t.To));
    }

    [Fact]
    public void Return_ReadingThatIsItselfTooOld_StaysSilentAndDoesNotChatter()
    {
        _asset.Post(0, "activePower", 1).Tick(300);

        for (int i = 1; i < 20; i++)
        {
            _asset.PostAt(At(400 + i), Of(i, "activePower", 1)).Tick(400 + i);
        }

        Assert.Single(_asset.Transitions);
    }

    [Fact]
    public void Keepalive_OnlineWithoutMeasurements_DoesNotKeepADeadSensorAlive()
    {
        _asset.Post(0, "activePower", 1);
        for (int i = 1; i < 30; i++)
        {
            _asset.Post(i * 10, "online", 1);
        }

        _asset.Tick(300);

        Assert.Single(_asset.Transitions);
    }

    [Fact]
    public void Deadline_BeforeFirstMeasurement_IsNotArmed()
    {
        _asset.Post(0, "online", 1).Tick(100_000);

        Assert.Empty(_asset.Transitions);
    }

    [Fact]
    public void After_FromInterval_TakesThreeOfThem()
    {
        var meter = new Asset(AssetId.Of("green", "m"), "m", AssetKind.Meter) { ReportingInterval = TimeSpan.FromMinutes(15) };
        var asset = new AssetUnderTest(meter, [s_rule with { Condition = new SilenceCondition(null) }]);

        asset.Post(0, "activePower", 1).Tick(2700);

        Assert.Equal(At(2700), Assert.Single(asset.Transitions).At);
    }

    [Fact]
    public void After_IntervalUnknown_IsNeverJudged()
    {
        var asset = new AssetUnderTest(rules: [s_rule with { Condition = new SilenceCondition(null) }]);

        asset.Post(0, "activePower", 1).Tick(86_400);

        Assert.Empty(asset.Transitions);
        Assert.Equal(Instant.MaxValue, asset.NextDeadline);
    }

    [Fact]
    public void ActivityAndDeadline_InOneMillisecond_TheReadingWins()
    {
        _asset.Post(0, "activePower", 1).Post(300, "activePower", 1).Tick(300);

        Assert.Empty(_asset.Transitions);
    }
}
