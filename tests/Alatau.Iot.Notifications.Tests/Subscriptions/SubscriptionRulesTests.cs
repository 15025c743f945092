using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Subscriptions;

namespace Alatau.Iot.Notifications.Tests.Subscriptions;

public sealed class SubscriptionRulesTests
{
    /// <summary>The night of Berlin, which ends at <see cref="Story.Start"/> and begins 16 hours later.</summary>
    private static readonly WeeklyHours s_night = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), [new WeeklyStretch(new HashSet<DayOfWeek>(Enum.GetValues<DayOfWeek>()), new TimeOnly(22, 0), new TimeOnly(6, 0))]);

    private static readonly Subscription s_chaseByDay = Story.Subscription() with
    {
        QuietHours = new QuietHours(s_night, null),
        Repeat = new Repeat(TimeSpan.FromMinutes(30), 5),
        Escalation = [new EscalationStep(TimeSpan.FromMinutes(20), []), new EscalationStep(TimeSpan.FromMinutes(50), [])],
    };

    private static IEnumerable<(NotificationKind Kind, int Level, double Hours)> Times(Story story) => story.Told.Select(n => (n.Kind, n.Level, Math.Round((n.At - Story.Start).TotalHours, 3)));

    [Fact]
    public void RateLimit_ThirtyEightMore_AreToldTogetherWithTheirCount()
    {
        var story = new Story(Story.Subscription() with { RateLimit = new RateLimit(2, TimeSpan.FromMinutes(10)) });
        for (int i = 0; i < 40; i++)
        {
            story.Take(Story.Step(i, AlarmState.Unacknowledged, story.Now));
        }

        Assert.Equal(2, story.Told.Count);
        story.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(3, story.Told.Count);
        Assert.Equal("Raised: Voltage at gate/meter-2 and 37 more", story.Told[2].Title);
        Assert.Equal(38, story.Told[2].Transitions.Count);
    }

    [Fact]
    public void Bundle_BeyondWhatIsListed_CountsTheRest()
    {
        var story = new Story(Story.Subscription() with { Digest = new Digest(TimeSpan.FromMinutes(15), [], TimeZoneInfo.Utc, null) });
        for (int i = 0; i < Bundle.Capacity + 37; i++)
        {
            story.Take(Story.Step(i, AlarmState.Unacknowledged, story.Now));
        }

        story.Advance(TimeSpan.FromMinutes(16));
        var told = Assert.Single(story.Told);
        Assert.Equal((37, Bundle.Capacity + 37), (told.More, told.Count));
    }

    [Fact]
    public void Escalation_NobodyAcknowledges_ClimbsAndRemindsAllReached()
    {
        var story = new Story(Story.Subscription() with
        {
            Repeat = new Repeat(TimeSpan.FromMinutes(30), 2),
            Escalation = [new EscalationStep(TimeSpan.FromMinutes(15), []), new EscalationStep(TimeSpan.FromMinutes(40), [])],
        });
        story.Take(Story.Step(1, AlarmState.Unacknowledged, story.Now));
        story.Advance(TimeSpan.FromHours(5));
        Assert.Equal(
            [(NotificationKind.Step, 0, 0), (NotificationKind.Escalation, 1, 15), (NotificationKind.Escalation, 2, 40), (NotificationKind.Reminder, 2, 70), (NotificationKind.Reminder, 2, 100)],
            story.Told.Select(n => (n.Kind, n.Level, (int)Math.Round((n.At - Story.Start).TotalMinutes))));
    }

    [Fact]
    public void Escalation_AcknowledgedAfterTheFirstStep_StopsAndTellsThoseWhoWereCalled()
    {
        var story = new Story(Story.Subscription() with { Escalation = [new EscalationStep(TimeSpan.FromMinutes(15), []), new EscalationStep(TimeSpan.FromMinutes(40), [])] });
        var raised = Story.Step(1, AlarmState.Unacknowledged, story.Now);
        story.Take(raised);
        story.Advance(TimeSpan.FromMinutes(20));
        story.Take(Story.Step(1, AlarmState.Acknowledged, story.Now, raised.RaisedAt));
        story.Advance(TimeSpan.FromHours(5));
        Assert.Equal([(NotificationKind.Step, 0), (NotificationKind.Escalation, 1), (NotificationKind.Step, 1)], story.Told.Select(n => (n.Kind, n.Level)));
    }

    /// <summary>The chain was due in the day already, while the alarm was gone (found by QuietHours_AnyPlan_HoldBackAllButTheExcepted).</summary>
    [Fact]
    public void Escalation_AlarmComesAgainInQuietHours_WaitsForTheirEnd()
    {
        var story = new Story(s_chaseByDay);
        var raised = Story.Step(6, AlarmState.Unacknowledged, story.Now, severity: AlarmSeverity.Low);
        story.Take(raised);
        story.Advance(TimeSpan.FromMinutes(1));
        story.Take(Story.Step(6, AlarmState.ReturnedUnacknowledged, story.Now, raised.RaisedAt, AlarmSeverity.Low, AlarmState.Unacknowledged));
        story.Advance(TimeSpan.FromHours(17) - TimeSpan.FromMinutes(2));
        int before = story.Told.Count;
        Assert.Equal(7, before);
        story.Take(Story.Step(6, AlarmState.Unacknowledged, story.Now, raised.RaisedAt, AlarmSeverity.Low, AlarmState.ReturnedUnacknowledged));
        story.Advance(TimeSpan.FromDays(2));
        Assert.Equal([(NotificationKind.Step, 0, 24.0), (NotificationKind.Escalation, 1, 24.0), (NotificationKind.Escalation, 2, 24.0)], Times(story).Skip(before));
    }

    [Fact]
    public void Chase_StoppedUntilQuietHours_WaitsForTheirEnd()
    {
        var story = new Story(s_chaseByDay);
        story.Advance(TimeSpan.FromHours(15.5));
        story.Take(Story.Step(1, AlarmState.Unacknowledged, story.Now));
        story.Sleep(TimeSpan.FromHours(1));
        story.Advance(TimeSpan.FromHours(7.75));
        Assert.Equal([(NotificationKind.Step, 0, 15.5), (NotificationKind.Escalation, 1, 24.0), (NotificationKind.Escalation, 2, 24.0)], Times(story));
    }

    [Fact]
    public void Reminder_HeldByTheRateLimitIntoQuietHours_WaitsForTheirEnd()
    {
        var story = new Story(s_chaseByDay with { Escalation = [], RateLimit = new RateLimit(1, TimeSpan.FromMinutes(20)) });
        story.Advance(TimeSpan.FromHours(15.25));
        story.Take(Story.Step(1, AlarmState.Unacknowledged, story.Now));
        story.Advance(TimeSpan.FromHours(0.45));
        story.Take(Story.Step(2, AlarmState.Unacknowledged, story.Now));
        story.Advance(TimeSpan.FromHours(8.4));
        Assert.Equal([(NotificationKind.Step, 0, 15.25), (NotificationKind.Step, 0, 15.7), (NotificationKind.Reminder, 0, 24.0)], Times(story));
        Assert.Equal(2, story.Told[2].Count);
    }

    [Fact]
    public void Digest_StoppedUntilQuietHours_WaitsForTheirEnd()
    {
        var story = new Story(Story.Subscription() with { QuietHours = new QuietHours(s_night, null), Digest = new Digest(TimeSpan.FromMinutes(15), [], TimeZoneInfo.Utc, null) });
        story.Advance(TimeSpan.FromHours(15.5));
        story.Take(Story.Step(1, AlarmState.Unacknowledged, story.Now));
        story.Sleep(TimeSpan.FromHours(1));
        story.Advance(TimeSpan.FromHours(10));
        Assert.Equal([(NotificationKind.Step, 0, 24.0)], Times(story));
    }

    [Fact]
    public void Digest_WithAStepExceptedFromQuietHours_IsToldInThem()
    {
        var story = new Story(Story.Subscription() with { QuietHours = new QuietHours(s_night, AlarmSeverity.Critical), Digest = new Digest(TimeSpan.FromMinutes(15), [], TimeZoneInfo.Utc, null) });
        story.Advance(TimeSpan.FromHours(16));
        story.Take(Story.Step(1, AlarmState.Unacknowledged, story.Now, severity: AlarmSeverity.Critical));
        story.Take(Story.Step(2, AlarmState.Unacknowledged, story.Now, severity: AlarmSeverity.Low));
        story.Advance(TimeSpan.FromHours(1));
        story.Take(Story.Step(3, AlarmState.Unacknowledged, story.Now, severity: AlarmSeverity.Low));
        story.Advance(TimeSpan.FromHours(10));
        Assert.Equal([(NotificationKind.Digest, 0, 16.25), (NotificationKind.Step, 0, 24.0)], Times(story));
    }

    [Fact]
    public void Return_WithoutAcknowledgement_StopsTheChainButNotTheReminders()
    {
        var story = new Story(Story.Subscription() with { Repeat = new Repeat(TimeSpan.FromMinutes(30), 3), Escalation = [new EscalationStep(TimeSpan.FromMinutes(15), [])] });
        var raised = Story.Step(1, AlarmState.Unacknowledged, story.Now);
        story.Take(raised);
        story.Advance(TimeSpan.FromMinutes(5));
        story.Take(Story.Step(1, AlarmState.ReturnedUnacknowledged, story.Now, raised.RaisedAt));
        story.Advance(TimeSpan.FromHours(5));
        Assert.DoesNotContain(story.Told, n => n.Kind == NotificationKind.Escalation);
        Assert.Equal(3, story.Told.Count(n => n.Kind == NotificationKind.Reminder));
    }

    [Fact]
    public void Reminders_OfManyAlarms_AreOneNotification()
    {
        var story = new Story(Story.Subscription() with { Repeat = new Repeat(TimeSpan.FromMinutes(30), 1) });
        for (int i = 0; i < 500; i++)
        {
            story.Take(Story.Step(i, AlarmState.Unacknowledged, story.Now));
        }

        story.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(500, Assert.Single(story.Told, n => n.Kind == NotificationKind.Reminder).Transitions.Count);
    }

    [Fact]
    public void Schedule_OffDuty_IsCountedNotTold()
    {
        var never = new WeeklyHours(TimeZoneInfo.Utc, [new WeeklyStretch(new HashSet<DayOfWeek> { DayOfWeek.Monday }, new TimeOnly(8, 0), new TimeOnly(9, 0))]);
        var story = new Story(Story.Subscription() with { Schedule = never });
        story.Take(Story.Step(1, AlarmState.Unacknowledged, story.Now));
        story.Advance(TimeSpan.FromDays(3));
        Assert.Empty(story.Told);
        Assert.Equal(1, story.State.OffDuty);
    }

    [Fact]
    public void Scope_EachPart_TakesItsOwn()
    {
        var step = Story.Step(1, AlarmState.Unacknowledged, Story.Start);
        Assert.True(Takes(new SubscriptionScope { Sites = Set("gate") }));
        Assert.False(Takes(new SubscriptionScope { Sites = Set("green") }));
        Assert.True(Takes(new SubscriptionScope { Rules = Set("voltage-high") }));
        Assert.False(Takes(new SubscriptionScope { Rules = Set("silent") }));
        Assert.True(Takes(new SubscriptionScope { Kinds = Set(AssetKind.Meter) }));
        Assert.False(Takes(new SubscriptionScope { Kinds = Set(AssetKind.Solar) }));
        Assert.True(Takes(new SubscriptionScope { Severity = AlarmSeverity.High }));
        Assert.False(Takes(new SubscriptionScope { Severity = AlarmSeverity.Critical }));
        Assert.True(Takes(new SubscriptionScope { Under = [step.Asset], Branch = Set(step.Asset) }));
        Assert.False(Takes(new SubscriptionScope { Under = [AssetId.Of("gate", "feeder-2")], Branch = Set(AssetId.Of("gate", "feeder-2")) }));
        Assert.True(new SubscriptionScope { Steps = Set(AlarmStep.Raised) }.TakesStep(step));
        Assert.False(new SubscriptionScope { Steps = Set(AlarmStep.Cleared) }.TakesStep(step));

        bool Takes(SubscriptionScope scope) => scope.TakesAlarm(step, _ => AssetKind.Meter);
        static HashSet<T> Set<T>(T one) => [one];
    }
}
