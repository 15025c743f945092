using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

public sealed class ClockDriftTests
{
    private static readonly AlarmRule s_fast = new("clock-ahead", "Fast", AlarmSeverity.Low, new ThresholdCondition(Catalog.Id("clockOffset"), true, 60, 30, TimeSpan.Zero));

    private readonly AssetUnderTest _asset = new(rules: [s_fast]);

    private IEnumerable<Reading> Told => _asset.Stored.Where(r => r.Measurand == Catalog.Id("clockOffset"));

    [Fact]
    public void Clock_NinetySecondsAhead_IsFoundToldAndAnAlarmAboutTheDevice()
    {
        Play(0, 1200, ahead: 90);

        Assert.Equal(90, Told.Last().Value, 1);
        Assert.Equal(AlarmState.Unacknowledged, Assert.Single(_asset.Transitions).To);

        Play(1200, 2400, ahead: 0);

        Assert.InRange(Told.Last().Value, -1, 1);
        Assert.Equal(AlarmState.ReturnedUnacknowledged, _asset.Transitions[^1].To);
    }

    [Fact]
    public void Clock_RightWithDelaysAndABacklog_TellsNothing()
    {
        var random = new Random(7);
        for (int at = 0; at < 7200; at += 10)
        {
            bool isAway = at is > 2000 and < 5600;
            if (!isAway)
            {
                _asset.PostAt(At(at + (random.Next(10) == 0 ? 60 : 1)), Of(at, "activePower", 1));
            }
        }

        for (int at = 7200; at < 10_800; at += 10)
        {
            // An hour's messages at once, in order.
            _asset.PostAt(At(10_800), Of(at, "activePower", 1));
        }

        Play(10_810, 12_000, ahead: 0);

        Assert.Empty(Told);
        Assert.Empty(_asset.Transitions);
    }

    [Fact]
    public void Clock_SoFarAheadThatMessagesAreQuarantined_IsStillAnAlarm()
    {
        Play(0, 600, ahead: 0);
        Play(600, 1800, ahead: 3600);

        Assert.True(_asset.Outcomes[ReadingOutcome.ClockAhead] > 0);
        Assert.Equal(3600, Told.Last().Value, 1);
        Assert.Equal(AlarmState.Unacknowledged, Assert.Single(_asset.Transitions).To);
    }

    [Fact]
    public void Clock_Told_IsNoSignOfLifeAndMovesNoClock()
    {
        Play(0, 1200, ahead: -3600);

        Assert.NotEmpty(Told);
        Assert.Equal(At(1190 - 3600), _asset.State.Watermark);
    }

    private void Play(int from, int to, double ahead)
    {
        for (int at = from; at < to; at += 10)
        {
            _asset.PostAt(At(at), Of(at + ahead, "activePower", at));
        }
    }
}
