using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Assets;
using static Alatau.Iot.Core.Alarms.AlarmState;
using static Alatau.Iot.Testing.Assets.AssetUnderTest;

namespace Alatau.Iot.Core.Tests.Alarms;

/// <summary>The test's start is a Sunday, 10:00 in Almaty and 06:00 in Berlin.</summary>
public sealed class HoursOfRulesTests
{
    private const int Hour = 3600;
    private static readonly IReadOnlyList<WeeklyStretch> s_working = [new WeeklyStretch(new HashSet<DayOfWeek> { DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday }, new TimeOnly(7, 0), new TimeOnly(19, 0))];
    private static readonly IReadOnlyList<WeeklyStretch> s_night = [new WeeklyStretch(new HashSet<DayOfWeek>(Enum.GetValues<DayOfWeek>()), new TimeOnly(22, 0), new TimeOnly(6, 0))];

    private static readonly AlarmRule s_onDuty = new("on-duty", "On duty", AlarmSeverity.Low, new ThresholdCondition(Catalog.Id("co2"), true, 1000, 100, TimeSpan.Zero) { Hours = s_working });

    private static readonly AlarmRule s_quiet = new("load", "Load", AlarmSeverity.Low, new ThresholdCondition(Catalog.Id("activePower"), true, 50_000, 1000, TimeSpan.Zero)
    {
        Ladder = [LadderTests.Rung(null, 50_000, 1000) with { During = [new AlarmRungHours(s_night, new AlarmQuantity(20_000))] }],
    });

    [Fact]
    public void Schedule_OutsideTheHours_IsNotJudgedAndEndsWhatWasAbnormal()
    {
        var asset = new AssetUnderTest(rules: [s_onDuty]);
        for (int hour = 0; hour <= 40; hour++)
        {
            asset.Post(hour * Hour, "co2", 1500);
        }

        // Monday 07:00 is 21 hours after the start, 19:00 is 33.
        Assert.Equal([(At(21 * Hour), Unacknowledged), (At(33 * Hour), ReturnedUnacknowledged)], asset.Transitions.Select(t => (t.At, t.To)));
        Assert.Equal("outside the rule's hours, mon, tue, wed, thu, fri 07:00-19:00", asset.Transitions[1].Why);
    }

    [Fact]
    public void Schedule_SiteElsewhere_FollowsItsOwnClock()
    {
        var site = new Site("green", "Green", TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), null, null);
        var asset = new AssetUnderTest(rules: [s_onDuty], sites: [site]);
        for (int hour = 0; hour <= 40; hour++)
        {
            asset.Post(hour * Hour, "co2", 1500);
        }

        Assert.Equal([At(25 * Hour), At(37 * Hour)], asset.Transitions.Select(t => t.At));
    }

    [Fact]
    public void Schedule_DelayBegunBeforeTheHours_CountsFromTheirStart()
    {
        var rule = s_onDuty with { Condition = new ThresholdCondition(Catalog.Id("co2"), true, 1000, 100, TimeSpan.FromMinutes(30)) { Hours = s_working } };
        var asset = new AssetUnderTest(new Asset(AssetId.Of("green", "r"), "r", AssetKind.Building) { ReportingInterval = TimeSpan.FromMinutes(10) }, [rule]);
        for (int i = 20 * 6; i <= 22 * 6; i++)
        {
            asset.Post(i * 600, "co2", 1500);
        }

        Assert.Equal(At((21 * Hour) + 1800), Assert.Single(asset.Transitions).At);
    }

    [Fact]
    public void During_NightHasAnotherLimit_HoldsFromItsFirstReadingToItsLast()
    {
        var asset = new AssetUnderTest(rules: [s_quiet]);
        for (int hour = 0; hour <= 30; hour++)
        {
            asset.Post(hour * Hour, "activePower", 30_000);
        }

        // 22:00 is 12 hours after the start, 06:00 is 20.
        Assert.Equal([(At(12 * Hour), Unacknowledged), (At(20 * Hour), ReturnedUnacknowledged)], asset.Transitions.Select(t => (t.At, t.To)));
        Assert.Equal("activePower 30000 W is at or above 20000 W", asset.Transitions[0].Why);
    }

    [Fact]
    public void Hold_SameHoursAgain_AllocatesNothing()
    {
        var asset = new AssetUnderTest(rules: [s_quiet, s_onDuty]);
        asset.Post(0, "activePower", 10_000).Post(0.5, "co2", 500);
        int at = 1;

        long bytes = Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 1000; i++, at++)
            {
                asset.Processor.Apply(asset.State, new Core.Readings.ReadingBatch(asset.State.Handle, At(at), 0, 0, [Of(at, "activePower", 10_000), Of(at + 0.5, "co2", 500)]));
            }
        });

        // The arrays of the messages themselves.
        Assert.InRange(bytes, 0, 1000 * 80);
    }
}
