using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Alarms.Assessment;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

/// <summary>The published rules of facts.md 3.3, with numbers counted by hand.</summary>
public sealed class AlarmQualityTests
{
    private const int Day = 86_400;

    private static AlarmMoment Step(double seconds, AlarmState from, AlarmState to, string asset = "m", AlarmSeverity severity = AlarmSeverity.Low) =>
        new(At(seconds), AssetId.Of("green", asset), "voltage-high", severity, from, to);

    private static AlarmMoment Call(double seconds, string asset = "m", AlarmSeverity severity = AlarmSeverity.Low) => Step(seconds, Normal, Unacknowledged, asset, severity);

    private static AlarmQuality Of(double until, IEnumerable<AlarmMoment> moments, int operators = 1) => AlarmQuality.Of(moments, At(0), At(until), operators);

    private static AlarmFigure Figure(AlarmQuality quality, string name) => quality.Figures.Single(f => f.Name == name);

    [Fact]
    public void Flood_TenInTenMinutes_IsNone() => Assert.Empty(Of(3600, Enumerable.Range(0, 10).Select(i => Call(i * 59, $"m{i}"))).Floods);

    [Fact]
    public void Flood_EleventhInTenMinutes_BeginsIt()
    {
        var flood = Assert.Single(Of(3600, Enumerable.Range(0, 11).Select(i => Call(i * 59, $"m{i}"))).Floods);

        // Four are left when the seventh is ten minutes old.
        Assert.Equal(new AlarmFlood(At(590), At(600 + (6 * 59)), 11, 11, IsOver: true), flood);
    }

    [Fact]
    public void Flood_EleventhExactlyTenMinutesAfterTheFirst_IsNone() => Assert.Empty(Of(3600, Enumerable.Range(0, 11).Select(i => Call(i * 60, $"m{i}"))).Floods);

    [Fact]
    public void Flood_StillOn_LastsToTheEnd()
    {
        var quality = Of(600, Enumerable.Range(0, 20).Select(i => Call(500 + i, $"m{i}")));

        Assert.Equal(new AlarmFlood(At(510), At(600), 20, 20, IsOver: false), Assert.Single(quality.Floods));
        Assert.Equal((20, 20), (quality.CurrentRate, quality.MaximumRate));
        Assert.Equal(90.0 / 600, quality.FloodShare, 9);
        Assert.Equal(AlarmVerdict.Poor, Figure(quality, "floods").Verdict);
    }

    [Theory]
    [InlineData(6, 1, 1, AlarmVerdict.Good)]
    [InlineData(12, 1, 2, AlarmVerdict.Fair)]
    [InlineData(13, 1, 13 / 6.0, AlarmVerdict.Poor)]
    [InlineData(13, 3, 13 / 18.0, AlarmVerdict.Good)]
    public void Rate_CallsInAnHour_AreDividedByPeriodsAndOperators(int calls, int operators, double rate, AlarmVerdict verdict)
    {
        var quality = Of(3600, Enumerable.Range(0, calls).Select(i => Call(i * 250, $"m{i}")), operators);

        Assert.Equal(rate, quality.AverageRate, 9);
        Assert.Equal(verdict, Figure(quality, "averageRate").Verdict);
    }

    [Fact]
    public void Busy_PeriodsWithMoreThanTen_AreCountedByTheClock()
    {
        var quality = Of(6000, Enumerable.Range(0, 11).Select(i => Call(1200 + i, $"a{i}")).Concat(Enumerable.Range(0, 10).Select(i => Call(3000 + i, $"b{i}"))));

        Assert.Equal(0.1, quality.BusyShare, 9);
    }

    [Theory]
    [InlineData(30, 1)]
    [InlineData(31, 0)]
    public void Chattering_ThreeCallsInSixtySeconds_IsOne(double apart, int alarms)
    {
        var quality = Of(3600, Enumerable.Range(0, 3).SelectMany(i => new[] { Step(i * apart, i == 0 ? Normal : ReturnedUnacknowledged, Unacknowledged), Step((i * apart) + 15, Unacknowledged, ReturnedUnacknowledged) }));

        Assert.Equal(alarms, quality.Chattering.Count);
        Assert.Equal(alarms * 3, quality.Chattering.Sum(c => c.Count));
    }

    [Fact]
    public void Chattering_SeveralAssets_DoNotChatterTogether() => Assert.Empty(Of(3600, [Call(0, "a"), Call(1, "b"), Call(2, "c")]).Chattering);

    [Theory]
    [InlineData(9.999, Unacknowledged, ReturnedUnacknowledged, 1)]
    [InlineData(10, Unacknowledged, ReturnedUnacknowledged, 0)]
    [InlineData(5, Acknowledged, Normal, 1)]
    [InlineData(5, Unacknowledged, Shelved, 0)]
    public void Fleeting_OverInLessThanTenSeconds_IsOne(double after, AlarmState from, AlarmState to, int fleeting)
    {
        AlarmMoment[] steps = from == Acknowledged ? [Call(0), Step(1, Unacknowledged, Acknowledged), Step(after, from, to)] : [Call(0), Step(after, from, to)];

        Assert.Equal(fleeting, Of(3600, steps).Fleeting.Count);
    }

    [Fact]
    public void Fleeting_AcknowledgedAfterItsReturn_DoesNotEndTwice()
    {
        var quality = Of(3600, [Call(0), Step(60, Unacknowledged, ReturnedUnacknowledged), Step(65, ReturnedUnacknowledged, Normal)]);

        Assert.Empty(quality.Fleeting);
        Assert.Equal((60, 65), (quality.LongestActive.TotalSeconds, quality.LongestUnacknowledged.TotalSeconds));
    }

    [Fact]
    public void Stale_ActiveForMoreThanADay_IsOneAlsoWhenAcknowledged()
    {
        var quality = Of(3 * Day, [Call(0, "old"), Step(60, Unacknowledged, Acknowledged, "old"), Call(2 * Day, "exact"), Call(2.5 * Day, "young"), Call(100, "over"), Step(200, Unacknowledged, ReturnedUnacknowledged, "over")]);

        Assert.Equal(["old"], quality.Stale.Select(s => s.Asset.Name));
        Assert.Equal(1, quality.MaximumStale);
    }

    [Fact]
    public void Stale_FiveAtATimeInThePast_IsPoorThoughNoneIsLeft()
    {
        var quality = Of(5 * Day, Enumerable.Range(0, 5).SelectMany(i => new[] { Call(i, $"m{i}"), Step(2 * Day, Unacknowledged, ReturnedUnacknowledged, $"m{i}") }));

        Assert.Empty(quality.Stale);
        Assert.Equal(5, quality.MaximumStale);
        Assert.Equal(AlarmVerdict.Poor, Figure(quality, "stale").Verdict);
    }

    [Fact]
    public void Stale_RaisedBeforeTheSpan_CountsAndIsNoCall()
    {
        var quality = AlarmQuality.Of([Call(0, "old")], At(2 * Day), At(3 * Day), 1);

        Assert.Equal((0, 1), (quality.Calls, quality.Stale.Count));
    }

    [Theory]
    [InlineData(80, 15, 5, 0, AlarmVerdict.Good, AlarmVerdict.Good, AlarmVerdict.Good)]
    [InlineData(75, 20, 5, 0, AlarmVerdict.Good, AlarmVerdict.Good, AlarmVerdict.Good)]
    [InlineData(50, 30, 18, 2, AlarmVerdict.Fair, AlarmVerdict.Fair, AlarmVerdict.Fair)]
    public void Severities_Split_IsHeldAgainstEightyFifteenFive(int low, int medium, int high, int critical, AlarmVerdict ofLow, AlarmVerdict ofMedium, AlarmVerdict ofHigh)
    {
        int number = 0;
        IEnumerable<AlarmMoment> Some(int count, AlarmSeverity severity) => Enumerable.Range(0, count).Select(_ => Call(number++, $"m{number}", severity));
        var quality = Of(Day, [.. Some(low, AlarmSeverity.Low), .. Some(medium, AlarmSeverity.Medium), .. Some(high, AlarmSeverity.High), .. Some(critical, AlarmSeverity.Critical)]);

        Assert.Equal((ofLow, ofMedium, ofHigh), (Figure(quality, "low").Verdict, Figure(quality, "medium").Verdict, Figure(quality, "high").Verdict));
        Assert.Equal(critical == 0 ? AlarmVerdict.Good : AlarmVerdict.Fair, Figure(quality, "critical").Verdict);
    }

    [Fact]
    public void TopTen_MostFrequent_StandFirstWithTheirShare()
    {
        var quality = Of(10 * Day, Enumerable.Range(0, 20).SelectMany(m => Enumerable.Range(0, 20 - m).Select(i => Call((m * 4000) + (i * 100), $"m{m:00}"))));

        Assert.Equal(Enumerable.Range(0, 10).Select(m => ($"m{m:00}", 20 - m)), quality.TopTen.Select(t => (t.Asset.Name, t.Count)));
        Assert.Equal(155.0 / 210, quality.TopTenShare, 9);
        Assert.Equal(AlarmVerdict.Fair, Figure(quality, "topTen").Verdict);
    }

    [Fact]
    public void Climb_OfALadder_IsACallOfTheSameAlarm()
    {
        var quality = Of(3600, [Call(0), Step(5, Unacknowledged, Unacknowledged, severity: AlarmSeverity.High), Step(7, Unacknowledged, ReturnedUnacknowledged, severity: AlarmSeverity.High)]);

        Assert.Equal(2, quality.Calls);
        Assert.Equal(7, quality.LongestActive.TotalSeconds);
        Assert.Single(quality.Fleeting);
    }

    [Fact]
    public void Quiet_NoAlarmAtAll_IsGoodWhereNoneIsTheTarget()
    {
        var quality = Of(30 * Day, []);

        Assert.DoesNotContain(quality.Figures, f => f.Verdict is AlarmVerdict.Poor or AlarmVerdict.Fair);
        Assert.All(quality.Figures, f => Assert.True(double.IsFinite(f.Value)));
    }

    [Fact]
    public void Of_AnyOrderOfMoments_GivesTheSame()
    {
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            var moments = new List<AlarmMoment>();
            foreach (int asset in Enumerable.Range(0, 8))
            {
                double at = 0;
                while (at < 4000)
                {
                    moments.Add(Step(at += random.Next(1, 300), moments.Count == 0 ? Normal : ReturnedUnacknowledged, Unacknowledged, $"m{asset}"));
                    moments.Add(Step(at += random.Next(1, 300), Unacknowledged, ReturnedUnacknowledged, $"m{asset}"));
                }
            }

            var expected = Of(5000, moments);
            var actual = Of(5000, AssetStories.Shuffle(moments, round));

            Assert.Equal(expected.Figures, actual.Figures);
            Assert.Equal(expected.Floods, actual.Floods);
            Assert.Equal(expected.TopTen, actual.TopTen);
        }
    }
}
