using System.Collections.Frozen;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Notifications.Keeping;
using Alatau.Iot.Notifications.Subscriptions;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Notifications.Tests.Subscriptions;

public sealed class SubscriptionRulesProperties
{
    private static readonly TimeZoneInfo s_berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly WeeklyHours s_night = new(s_berlin, [new WeeklyStretch(Enum.GetValues<DayOfWeek>().ToFrozenSet(), new TimeOnly(22, 0), new TimeOnly(6, 0))]);
    private static readonly TimeSpan s_long = TimeSpan.FromDays(4);

    /// <summary>Minutes between steps, which meter, how severe, and what to do with its alarm.</summary>
    private static Gen<(int Wait, int Meter, int Severity, int What)[]> Lives() => Gen.ArrayOf(
        from wait in Gen.Frequency((6, Gen.Constant(0)), (3, Gen.Choose(0, 5)), (1, Gen.Choose(0, 600)))
        from meter in Gen.Choose(0, 6)
        from severity in Gen.Choose(1, 4)
        from what in Gen.Choose(0, 3)
        select (wait, meter, severity, what));

    private static Gen<Subscription> Plans() =>
        from quiet in Gen.Choose(0, 2)
        from digest in Gen.Choose(0, 3)
        from limit in Gen.Choose(0, 3)
        from chase in Gen.Choose(0, 2)
        select Story.Subscription() with
        {
            QuietHours = quiet == 0 ? null : new QuietHours(s_night, quiet == 1 ? null : AlarmSeverity.Critical),
            Digest = digest switch { 1 => new Digest(TimeSpan.FromMinutes(15), [], s_berlin, null), 2 => new Digest(null, [new TimeOnly(7, 0), new TimeOnly(19, 0)], s_berlin, AlarmSeverity.High), _ => null },
            RateLimit = limit == 0 ? null : new RateLimit(limit, TimeSpan.FromMinutes(10)),
            Repeat = chase > 0 ? new Repeat(TimeSpan.FromMinutes(30), 5) : null,
            Escalation = chase > 1 ? [new EscalationStep(TimeSpan.FromMinutes(20), []), new EscalationStep(TimeSpan.FromMinutes(50), [])] : [],
        };

    private static void Law(Action<Subscription, (int Wait, int Meter, int Severity, int What)[]> law) => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(200).WithQuietOnSuccess(true),
        Prop.ForAll(Plans().SelectMany(plan => Lives().Select(life => (plan, life))).ToArbitrary(), c => law(c.plan, c.life)));

    /// <summary>Leads each meter's alarm a step further: raise, then acknowledge, return or end it.</summary>
    private static List<AlarmTransition> Play(Story story, (int Wait, int Meter, int Severity, int What)[] life)
    {
        var open = new Dictionary<int, AlarmTransition>();
        var taken = new List<AlarmTransition>();
        foreach (var (wait, meter, severity, what) in life)
        {
            story.Advance(TimeSpan.FromMinutes(wait) + TimeSpan.FromMilliseconds(1));
            var to = !open.TryGetValue(meter, out var before) ? AlarmState.Unacknowledged : (before.To, what) switch
            {
                (AlarmState.Unacknowledged, 0) => AlarmState.Acknowledged,
                (AlarmState.Unacknowledged, 1) => AlarmState.ReturnedUnacknowledged,
                (AlarmState.ReturnedUnacknowledged, 1) => AlarmState.Unacknowledged,
                (AlarmState.Unacknowledged, 2) => AlarmState.Shelved,
                _ => AlarmState.Normal,
            };
            var step = Story.Step(meter, to, story.Now, before?.RaisedAt, before?.Severity ?? (AlarmSeverity)severity, before?.To ?? AlarmState.Normal);
            if (to == AlarmState.Normal)
            {
                open.Remove(meter);
            }
            else
            {
                open[meter] = step;
            }

            taken.Add(step);
            story.Take(step);
        }

        return taken;
    }

    private static IEnumerable<Notification> News(Story story) => story.Told.Where(n => n.Kind is NotificationKind.Step or NotificationKind.Digest);

    [Fact]
    public void Steps_AnyPlan_AreEachToldExactlyOnceInOrderOfTheirMeter() => Law((plan, life) =>
    {
        var story = new Story(plan);
        var taken = Play(story, life);
        story.Advance(s_long);
        Assert.Equal(taken.Count, News(story).Sum(n => n.Count));
        var told = News(story).SelectMany(n => n.Transitions).ToArray();
        Assert.Equal(taken.Select(t => (t.AlarmId, t.To, t.At)).OrderBy(t => t.ToString()), told.Select(t => (t.AlarmId, t.To, t.At)).OrderBy(t => t.ToString()));
        if (plan.QuietHours is null && plan.Digest is null)
        {
            Assert.Equal(taken.Select(t => t.At), told.Select(t => t.At));
        }
    });

    [Fact]
    public void RateLimit_AnyPlan_IsNeverExceededExceptByEscalations() => Law((plan, life) =>
    {
        var story = new Story(plan);
        Play(story, life);
        story.Advance(s_long);
        if (plan.RateLimit is not { } limit)
        {
            return;
        }

        var at = story.Told.Where(n => n.Kind != NotificationKind.Escalation).Select(n => n.At).ToArray();
        for (int i = limit.Most; i < at.Length; i++)
        {
            Assert.True(at[i] - at[i - limit.Most] >= limit.Per, $"{limit.Most + 1} notifications within {at[i] - at[i - limit.Most]}");
        }
    });

    [Fact]
    public void QuietHours_AnyPlan_HoldBackAllButTheExcepted() => Law((plan, life) =>
    {
        var story = new Story(plan);
        Play(story, life);
        story.Advance(s_long);
        if (plan.QuietHours is { } quiet)
        {
            // A step that the rate limit held back from a free hour, or what was let through, may come in it; a digest of lesser steps alone may not, and nobody is chased.
            Assert.DoesNotContain(News(story), n => quiet.Hours.Holds(n.At) && !(n.Transitions.Max(t => t.Severity) >= quiet.Except) && (plan.RateLimit is null || n.Transitions.Any(t => quiet.Hours.Holds(t.At))));
            Assert.DoesNotContain(story.Told.Where(n => n.Kind is NotificationKind.Reminder or NotificationKind.Escalation), n => quiet.Hours.Holds(n.At) && !(n.Transitions.Max(t => t.Severity) >= quiet.Except));
        }
    });

    [Fact]
    public void Chase_AnyPlan_StopsWithTheAcknowledgementAndNeverSkipsALevel() => Law((plan, life) =>
    {
        var story = new Story(plan);
        var taken = Play(story, life);
        story.Advance(s_long);
        foreach (var alarm in taken.GroupBy(t => t.AlarmId))
        {
            var over = alarm.FirstOrDefault(t => t.To is AlarmState.Acknowledged or AlarmState.Normal or AlarmState.Shelved)?.At ?? Instant.MaxValue;
            var chase = story.Told.Where(n => n.Kind is NotificationKind.Reminder or NotificationKind.Escalation && n.Transitions.Any(t => t.AlarmId == alarm.Key)).ToArray();
            Assert.All(chase, n => Assert.True(n.At <= over, $"{n.Kind} at {n.At} after the end at {over}"));
            Assert.Equal(Enumerable.Range(1, chase.Count(n => n.Kind == NotificationKind.Escalation)), chase.Where(n => n.Kind == NotificationKind.Escalation).Select(n => n.Level));
            Assert.True(chase.Count(n => n.Kind == NotificationKind.Reminder) <= (plan.Repeat?.Most ?? 0));
        }
    });

    [Fact]
    public void Keys_AnyPlan_AreUnique() => Law((plan, life) =>
    {
        var story = new Story(plan);
        Play(story, life);
        story.Advance(s_long);
        Assert.Equal(story.Told.Count, story.Told.Select(n => n.Key).Distinct(StringComparer.Ordinal).Count());
    });

    [Fact]
    public void Replay_OfAllSteps_TellsNothingTwice() => Law((plan, life) =>
    {
        var story = new Story(plan with { Repeat = null, Escalation = [] });
        var taken = Play(story, life);
        story.Advance(s_long);
        int told = story.Told.Count;
        taken.ForEach(story.Take);
        story.Advance(s_long);
        Assert.Equal(told, story.Told.Count);
    });

    [Fact]
    public void State_WrittenAndRead_IsTheSame() => Law((plan, life) =>
    {
        var story = new Story(plan);
        Play(story, life);
        byte[] written = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(KeptState.Of(story.State), KeptJson.Default.KeptState);
        var read = new SubscriptionState();
        System.Text.Json.JsonSerializer.Deserialize(written, KeptJson.Default.KeptState)!.Onto(read);
        Assert.Equal(written, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(KeptState.Of(read), KeptJson.Default.KeptState));
    });
}
