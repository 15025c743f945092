using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>Decides for one subscription what is told, when, and to how many of the chain. Pure: it takes instants and answers notifications.</summary>
/// <remarks>
/// Every step that the scope takes while the subscription is on duty is told alone, listed in a digest, or counted in its <see cref="Notification.More"/>; never nothing of the three.
/// An alarm is followed from its raise until somebody acknowledges it, puts it aside, or it is over. Reminders go on when it returns by itself, since it asks for an acknowledgement still; the chain climbs no further then,
/// and is made up for when it comes again. Duty and quiet hours are those of the instant of telling, not of the instant something was due: what is late (the alarm came again, the rate limit, a restart) waits for their end as well.
/// </remarks>
internal sealed class SubscriptionRules(Subscription subscription, Func<AssetId, AssetKind> kindOf)
{
    /// <summary>Alarms followed at a time.</summary>
    public const int PursuitCapacity = 10_000;

    private readonly bool _follows = subscription.Repeat is not null || subscription.Escalation.Count > 0;

    /// <summary>Shortest time from telling an alarm to anything more about it.</summary>
    private readonly TimeSpan _soonest = ((TimeSpan[])[subscription.Repeat?.Every ?? TimeSpan.MaxValue, .. subscription.Escalation.Select(e => e.After)]).Min();

    /// <summary>Takes a step; what is to be told at once is added to <paramref name="told"/>.</summary>
    public void Take(SubscriptionState state, AlarmTransition step, Instant now, List<Notification> told)
    {
        if (!subscription.Scope.TakesAlarm(step, kindOf) || !state.Meet(Notification.KeyOf("", step)))
        {
            return;
        }

        Flush(state, now, told);
        int level = Follow(state, step);
        if (!subscription.Scope.TakesStep(step))
        {
            return;
        }

        if (subscription.Schedule is { } schedule && !schedule.Holds(now))
        {
            state.OffDuty++;
            return;
        }

        if (IsHeld(step.Severity, now))
        {
            state.Held.Add(step, now);
        }
        else if (!IsFree(state, now))
        {
            state.Overflow.Add(step, now);
        }
        else
        {
            Tell(state, Notification.Of(step, subscription.Name, now) with { Level = level }, told);
        }
    }

    /// <summary>Does what time alone brings about.</summary>
    public void Tick(SubscriptionState state, Instant now, List<Notification> told)
    {
        Flush(state, now, told);
        if (_follows && state.Pursuits.Count > 0)
        {
            Escalate(state, now, told);
            Remind(state, now, told);
        }
    }

    /// <summary>When time alone next brings something about; <see cref="Instant.MaxValue"/> for never. Looks at every alarm that is followed.</summary>
    public Instant NextDue(SubscriptionState state, Instant now)
    {
        var next = NextRelease(state, now);
        foreach (var pursuit in state.Pursuits.Values)
        {
            next = Instant.Min(next, ChasesAt(state, pursuit, now));
        }

        return next;
    }

    /// <summary>A time not later than what <paramref name="step"/>, just taken, brings about: cheap, however many alarms are followed.</summary>
    public Instant SoonestAfterStep(SubscriptionState state, AlarmTransition step, Instant now)
    {
        var next = NextRelease(state, now);
        if (!_follows || state.Pursuits.Count == 0)
        {
            return next;
        }

        next = Instant.Min(next, now + _soonest);
        return state.Pursuits.TryGetValue((step.Asset, step.Rule), out var pursuit) ? Instant.Min(next, ChasesAt(state, pursuit, now)) : next;
    }

    private Instant NextRelease(SubscriptionState state, Instant now)
    {
        var next = state.Overflow.IsEmpty ? Instant.MaxValue : FreeAt(state, now);
        return state.Held.IsEmpty ? next : Instant.Min(next, HeldUntil(state, now));
    }

    private void Flush(SubscriptionState state, Instant now, List<Notification> told)
    {
        if (!state.Overflow.IsEmpty && IsFree(state, now))
        {
            Release(state, state.Overflow, "more", now, told);
        }

        if (!state.Held.IsEmpty && HeldUntil(state, now) <= now)
        {
            Release(state, state.Held, "digest", now, told);
        }
    }

    private bool IsHeld(AlarmSeverity severity, Instant now) =>
        (subscription.Digest is { } digest && !(severity >= digest.Except))
        || (subscription.QuietHours is { } quiet && !(severity >= quiet.Except) && quiet.Hours.Holds(now));

    /// <summary>When what is held may be told: it is due, the rate limit lets it pass, and no quiet hours hold unless a step among it is excepted from them.</summary>
    private Instant HeldUntil(SubscriptionState state, Instant now)
    {
        var due = subscription.Digest is { } digest ? digest.DueAt(state.Held.Since) : state.Held.Since;
        due = Instant.Max(due, FreeAt(state, now));
        return subscription.QuietHours is { } quiet && !(state.Held.Worst >= quiet.Except) ? quiet.Hours.EndOf(due) : due;
    }

    private bool IsFree(SubscriptionState state, Instant now) => FreeAt(state, now) <= now;

    /// <summary>When the rate limit lets the next notification pass; never before <paramref name="now"/>.</summary>
    private Instant FreeAt(SubscriptionState state, Instant now)
    {
        if (subscription.RateLimit is not { } limit)
        {
            return now;
        }

        while (state.Made.Count > 0 && state.Made.Peek() + limit.Per <= now)
        {
            state.Made.Dequeue();
        }

        return state.Made.Count < limit.Most ? now : state.Made.ElementAt(state.Made.Count - limit.Most) + limit.Per;
    }

    private void Release(SubscriptionState state, Bundle bundle, string word, Instant now, List<Notification> told)
    {
        var steps = bundle.Listed.ToArray();
        int level = steps.Max(s => state.Pursuits.TryGetValue((s.Asset, s.Rule), out var pursuit) ? pursuit.Level : 0);
        var notification = steps.Length == 1 && bundle.More == 0
            ? Notification.Of(steps[0], subscription.Name, now)
            : new Notification(Key(word, bundle.Since), subscription.Name, NotificationKind.Digest, now, steps) { More = bundle.More };
        bundle.Clear();
        Tell(state, notification with { Level = level }, told);
    }

    private void Tell(SubscriptionState state, Notification notification, List<Notification> told)
    {
        if (subscription.RateLimit is not null)
        {
            state.Made.Enqueue(notification.At);
        }

        told.Add(notification);
        foreach (var step in notification.Transitions)
        {
            if (state.Pursuits.TryGetValue((step.Asset, step.Rule), out var pursuit) && pursuit.ToldAt is null && pursuit.Step.AlarmId == step.AlarmId)
            {
                pursuit.ToldAt = pursuit.LastAt = notification.At;
            }
        }
    }

    /// <summary>Keeps account of who waits for an acknowledgement.</summary>
    /// <returns>How far up the chain the step is to be told.</returns>
    private int Follow(SubscriptionState state, AlarmTransition step)
    {
        if (!_follows)
        {
            return 0;
        }

        var key = (step.Asset, step.Rule);
        var pursuit = state.Pursuits.GetValueOrDefault(key);
        int level = pursuit is not null && pursuit.Step.AlarmId == step.AlarmId ? pursuit.Level : 0;
        switch (step.To)
        {
            case AlarmState.Unacknowledged when pursuit is not null && pursuit.Step.AlarmId == step.AlarmId:
            case AlarmState.ReturnedUnacknowledged when pursuit is not null && pursuit.Step.AlarmId == step.AlarmId:
                pursuit.Step = step;
                break;
            case AlarmState.Unacknowledged when pursuit is not null || state.Pursuits.Count < PursuitCapacity:
                state.Pursuits[key] = new Pursuit(step);
                break;
            case AlarmState.Unacknowledged:
                state.Unfollowed++;
                break;
            default:
                state.Pursuits.Remove(key);
                break;
        }

        return level;
    }

    private Instant ChasesAt(SubscriptionState state, Pursuit pursuit, Instant now) => Instant.Min(EscalatesAt(pursuit, now), RemindsAt(state, pursuit, now));

    private Instant EscalatesAt(Pursuit pursuit, Instant now) => pursuit.ToldAt is { } told && !pursuit.HasReturned && pursuit.Level < subscription.Escalation.Count
        ? Awake(Instant.Max(told + subscription.Escalation[pursuit.Level].After, now), pursuit.Step.Severity)
        : Instant.MaxValue;

    private Instant RemindsAt(SubscriptionState state, Pursuit pursuit, Instant now) => pursuit.ToldAt is not null && subscription.Repeat is { } repeat && pursuit.Reminders < repeat.Most
        ? Awake(Instant.Max(pursuit.LastAt + repeat.Every, FreeAt(state, now)), pursuit.Step.Severity)
        : Instant.MaxValue;

    /// <summary>The first instant from <paramref name="due"/> on at which the subscriber is on duty and not in quiet hours.</summary>
    private Instant Awake(Instant due, AlarmSeverity severity)
    {
        for (int round = 0; round < 8 && due != Instant.MaxValue; round++)
        {
            var at = subscription.Schedule is { } schedule ? schedule.NextStart(due) : due;
            at = subscription.QuietHours is { } quiet && !(severity >= quiet.Except) && at != Instant.MaxValue ? quiet.Hours.EndOf(at) : at;
            if (at == due)
            {
                return due;
            }

            due = at;
        }

        return due;
    }

    private void Escalate(SubscriptionState state, Instant now, List<Notification> told)
    {
        for (int level = 1; level <= subscription.Escalation.Count; level++)
        {
            var due = state.Pursuits.Values.Where(p => p.Level == level - 1 && EscalatesAt(p, now) <= now).OrderBy(p => p.ToldAt).ToArray();
            if (due.Length == 0)
            {
                continue;
            }

            foreach (var pursuit in due)
            {
                pursuit.Level = level;
                pursuit.LastAt = now;
            }

            Tell(state, Of(NotificationKind.Escalation, level, now, due), told);
        }
    }

    private void Remind(SubscriptionState state, Instant now, List<Notification> told)
    {
        if (subscription.Repeat is null)
        {
            return;
        }

        foreach (var group in state.Pursuits.Values.Where(p => RemindsAt(state, p, now) <= now).GroupBy(p => p.Level).OrderBy(g => g.Key).ToArray())
        {
            if (!IsFree(state, now))
            {
                return;
            }

            var due = group.OrderByDescending(p => p.Step.Severity).ThenBy(p => p.ToldAt).ToArray();
            foreach (var pursuit in due)
            {
                pursuit.Reminders++;
                pursuit.LastAt = now;
            }

            Tell(state, Of(NotificationKind.Reminder, group.Key, now, due), told);
        }
    }

    /// <summary>The key names the first alarm and how often it was chased: no other of its kind is the same, and a kill makes the same again.</summary>
    private Notification Of(NotificationKind kind, int level, Instant now, Pursuit[] due) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"{subscription.Name}/{(kind == NotificationKind.Reminder ? "reminder" : "escalation")}/{due[0].Step.AlarmId}/{(kind == NotificationKind.Reminder ? due[0].Reminders : level)}"),
            subscription.Name,
            kind,
            now,
            [.. due.Take(Bundle.Capacity).Select(p => p.Step)])
        {
            Level = level,
            More = Math.Max(0, due.Length - Bundle.Capacity),
        };

    /// <summary>The same again when the platform was killed before it could note that this was told.</summary>
    private string Key(string word, Instant since) => string.Create(CultureInfo.InvariantCulture, $"{subscription.Name}/{word}/{since.UnixMilliseconds}");
}
