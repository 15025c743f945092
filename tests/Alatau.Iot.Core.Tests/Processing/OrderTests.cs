using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Processing;

public sealed class OrderTests
{
    private readonly AssetUnderTest _asset = new();

    [Fact]
    public void Apply_OlderReadingArrivesLater_LatestFollowsMeasurement()
    {
        _asset.Post(30, "activePower", 300).PostAt(At(40), Of(20, "activePower", 200));

        Assert.Equal(300, _asset.Snapshot.Values[0].Value);
        Assert.Equal(At(30), _asset.Snapshot.LastMeasuredAt);
        Assert.Equal(At(40), _asset.Snapshot.LastReceivedAt);
        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.OutOfOrder]);
    }

    [Fact]
    public void Apply_OneMinuteWindowLeftBehind_IsLateAndGoesToTheLongerOnes()
    {
        _asset.Post(30, "activePower", 300).Post(90, "activePower", 900).PostAt(At(91), Of(40, "activePower", 0)).Post(3600, "activePower", 1);

        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.Late]);
        Assert.Equal(4, _asset.Stored.Count);
        Assert.Equal([1, 1], _asset.Published("activePower", WindowSpan.OneMinute).Select(w => w.Summary.Count));
        Assert.Equal(3, _asset.Published("activePower", WindowSpan.QuarterHour)[0].Summary.Count);
        Assert.Equal(3, _asset.Published("activePower", WindowSpan.OneHour)[0].Summary.Count);
    }

    [Fact]
    public void Apply_Historical_NeverBecomesLatestNorMovesTheClock()
    {
        _asset.Post(0, "activePower", 100).PostAt(At(60), Of(30, "activePower", 300, origin: ReadingOrigin.Historical));

        Assert.Equal(100, _asset.Snapshot.Values[0].Value);
        Assert.Equal(At(0), _asset.Snapshot.LastMeasuredAt);
        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.OutOfOrder]);
    }

    [Fact]
    public void Apply_RetainedOfUnknownAge_IsUncertainAndNoSignOfLife()
    {
        _asset.Post(0, "activePower", 100).Post(Of(50, "activePower", 7, origin: ReadingOrigin.Retained | ReadingOrigin.TimeOfArrival));

        var latest = Assert.Single(_asset.Snapshot.Values);
        Assert.Equal((7, Quality.Uncertain), (latest.Value, latest.Quality));
        Assert.Equal(At(0), _asset.Snapshot.LastMeasuredAt);
    }

    [Theory]
    [InlineData(300, ReadingOutcome.Accepted)]
    [InlineData(300.001, ReadingOutcome.ClockAhead)]
    [InlineData(3600, ReadingOutcome.ClockAhead)]
    [InlineData(-30 * 86400, ReadingOutcome.Accepted)]
    [InlineData((-30 * 86400) - 0.001, ReadingOutcome.ClockBehind)]
    [InlineData(-1_795_323_600.0, ReadingOutcome.ClockBehind)]
    public void Apply_ClockGuard_LimitsAreInclusive(double seconds, ReadingOutcome outcome)
    {
        var asset = new AssetUnderTest(options: new ProcessorOptions { OldestReading = TimeSpan.FromDays(30) });

        asset.PostAt(At(0), Of(seconds, "activePower", 1));

        Assert.Equal(1, asset.Outcomes[outcome]);
        Assert.Equal(outcome == ReadingOutcome.Accepted ? MessageOutcome.Stored : MessageOutcome.Quarantined, Assert.Single(asset.Messages));
    }

    [Theory]
    [InlineData("2000-01-01T00:00:00Z", ReadingOutcome.TooLate)]
    [InlineData("1999-12-31T23:59:59.999Z", ReadingOutcome.ClockBehind)]
    public void Apply_NoOldestReading_TakesEverythingSinceTwoThousand(string text, ReadingOutcome outcome)
    {
        var asset = new AssetUnderTest(options: new ProcessorOptions { OldestReading = TimeSpan.Zero });
        Assert.True(Instant.TryParse(text, out var measuredAt));
        asset.Post(0, "activePower", 1);

        asset.PostAt(At(1), Of(0, "activePower", 1) with { MeasuredAt = measuredAt });

        Assert.Equal(1, asset.Outcomes[outcome]);
    }

    [Fact]
    public void Apply_ClockAhead_TouchesNothingElse()
    {
        _asset.Post(Of(0, "activePower", 1), Of(0, "voltage", 230));
        var before = _asset.Snapshot;

        _asset.PostAt(At(10), Of(4000, "activePower", 2), Of(4000, "current", 2));

        Assert.Equal(before.Values, _asset.Snapshot.Values);
        Assert.Equal(before with { Values = [], Alarms = [] }, _asset.Snapshot with { Values = [], Alarms = [] });
        Assert.Empty(_asset.Windows);
        Assert.Equal(2, _asset.Outcomes[ReadingOutcome.ClockAhead]);
    }

    [Theory]
    [InlineData("voltage", -0.1)]
    [InlineData("voltage", 1_000_000.1)]
    [InlineData("powerFactor", 4.556)]
    public void Apply_OutOfRange_IsStoredBadAndNotAggregated(string measurand, double value)
    {
        _asset.Post(0, measurand, value).Post(120, "activePower", 1);

        Assert.Equal((value, Quality.Bad), (_asset.Stored[0].Value, _asset.Stored[0].Quality));
        Assert.Empty(_asset.Published(measurand, WindowSpan.OneMinute));
        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.OutOfRange]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Apply_NotANumberThatSlippedThrough_BecomesBadZero(double value)
    {
        _asset.Post(0, "activePower", value);

        Assert.Equal((0, Quality.Bad), (_asset.Stored[0].Value, _asset.Stored[0].Quality));
        Assert.Equal(1, _asset.Outcomes[ReadingOutcome.Bad]);
    }

    [Fact]
    public void Apply_BadQuality_IsShownAsLatestButDoesNotMoveTheClock()
    {
        _asset.Post(0, "activePower", 5).Post(Of(10, "activePower", 0, quality: Quality.Bad));

        Assert.Equal(Quality.Bad, _asset.Snapshot.Values[0].Quality);
        Assert.Equal(At(0), _asset.Snapshot.LastMeasuredAt);
    }

    [Fact]
    public void Apply_Offline_MarksLatestValuesUncertainUntilTheyAreMeasuredAgain()
    {
        _asset.Post(Of(0, "activePower", 5), Of(0, "voltage", 230)).Post(10, "online", 0);
        Assert.All(_asset.Snapshot.Values.Where(v => v.Measurand != Catalog.Id("online")), v => Assert.Equal(Quality.Uncertain, v.Quality));

        _asset.Post(20, "voltage", 231);

        Assert.Equal(Quality.Good, _asset.Snapshot.Values.Single(v => v.Measurand == Catalog.Id("voltage")).Quality);
        Assert.Equal(Quality.Uncertain, _asset.Snapshot.Values.Single(v => v.Measurand == Catalog.Id("activePower")).Quality);
    }

    [Fact]
    public void Snapshot_ManyMeasurands_AreSortedByName()
    {
        _asset.Post(Of(0, "voltage.l2", 1), Of(0, "activePower", 1), Of(0, "voltage.l1", 1));

        Assert.Equal(["activePower", "voltage.l1", "voltage.l2"], _asset.Snapshot.Values.Select(v => Catalog[v.Measurand].Name));
    }

    [Fact]
    public void Snapshot_NoReading_IsNull() => Assert.Null(_asset.Processor.Snapshot(_asset.State));

    [Fact]
    public void NextDeadline_NothingHeld_IsNever()
    {
        Assert.Equal(Instant.MaxValue, _asset.Processor.NextDeadline(_asset.State));
    }
}
