using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>Who is told, of what, when and how often. Immutable and validated.</summary>
/// <param name="Name">Lower case letters, digits and dashes; the file's name.</param>
/// <param name="Scope">Of what.</param>
/// <param name="Targets">Whom; at least one.</param>
public sealed record Subscription(string Name, SubscriptionScope Scope, IReadOnlyList<SubscriptionTarget> Targets)
{
    /// <summary>What a person calls it; may be empty.</summary>
    public string Title { get; init; } = "";

    /// <summary>Hours of duty: steps outside them are not told, somebody else has them. Null is always.</summary>
    public WeeklyHours? Schedule { get; init; }

    /// <summary>Hours in which steps are held back and told together at their end; null is never.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>Steps are gathered and told together; null tells each at once.</summary>
    public Digest? Digest { get; init; }

    /// <summary>Reminds until somebody acknowledges; null never reminds.</summary>
    public Repeat? Repeat { get; init; }

    /// <summary>Who else is told while nobody acknowledges, in order of <see cref="EscalationStep.After"/>; may be empty.</summary>
    public IReadOnlyList<EscalationStep> Escalation { get; init; } = [];

    /// <summary>Most notifications in a span of time; what is over it is told together, with its count. Null has no limit.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>When and how often it tells, for people; empty for at once and always.</summary>
    public string Timing => string.Join("; ", ((string?[])
    [
        Schedule is null ? null : $"on duty {Schedule}",
        QuietHours is null ? null : $"quiet {QuietHours.Hours}{Except(QuietHours.Except)}",
        Digest is null ? null : $"digest {Digest}{Except(Digest.Except)}",
        Repeat is null ? null : $"again every {SpanText.Of(Repeat.Every)} until acknowledged",
        Escalation.Count == 0 ? null : $"escalates after {string.Join(", ", Escalation.Select(e => SpanText.Of(e.After)))}",
        RateLimit is null ? null : FormattableString.Invariant($"at most {RateLimit.Most} in {SpanText.Of(RateLimit.Per)}"),
    ]).OfType<string>());

    private static string Except(AlarmSeverity? severity) => severity is { } least ? $" except {least.ToString().ToLowerInvariant()}" + (least == AlarmSeverity.Critical ? "" : " and above") : "";
}

/// <summary>A way and a place to tell; each means has its own.</summary>
/// <param name="Means">As in the file: <c>webhook</c>, <c>email</c>.</param>
/// <param name="Address">Where to, for people; tells the targets of a subscription apart, never holds a secret.</param>
/// <param name="Peer">What fails as one: targets of one peer are left alone together when it doesn't answer.</param>
public abstract record SubscriptionTarget(string Means, string Address, string Peer);

/// <summary>Hours in which steps are held back.</summary>
/// <param name="Hours">When.</param>
/// <param name="Except">This severity and above is told all the same; null holds back everything.</param>
public sealed record QuietHours(WeeklyHours Hours, AlarmSeverity? Except);

/// <summary>Steps told together.</summary>
/// <param name="Every">Longest a step waits for the others; null when <paramref name="At"/> says when.</param>
/// <param name="At">Times of day; empty when <paramref name="Every"/> says how long.</param>
/// <param name="Zone">Whose clock <paramref name="At"/> is read by.</param>
/// <param name="Except">This severity and above is told at once; null gathers everything.</param>
public sealed record Digest(TimeSpan? Every, IReadOnlyList<TimeOnly> At, TimeZoneInfo Zone, AlarmSeverity? Except)
{
    /// <summary>When steps gathered since <paramref name="since"/> are told.</summary>
    public Instant DueAt(Instant since)
    {
        if (Every is { } every)
        {
            return since + every;
        }

        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(since.ToDateTimeOffset(), Zone).DateTime);
        var due = Instant.MaxValue;
        for (int day = 0; day <= 2; day++)
        {
            foreach (var time in At)
            {
                var at = LocalDay.At(date.AddDays(day), time, Zone);
                due = at > since ? Instant.Min(due, at) : due;
            }
        }

        return due;
    }

    public override string ToString() => Every is { } every ? $"every {SpanText.Of(every)}" : $"at {string.Join(", ", At.Select(t => t.ToString("HH\\:mm", System.Globalization.CultureInfo.InvariantCulture)))} ({Zone.Id})";
}

/// <summary>Reminders of alarms that were told and that nobody has acknowledged.</summary>
/// <param name="Every">From one to the next.</param>
/// <param name="Most">Reminders of one alarm at most.</param>
public sealed record Repeat(TimeSpan Every, int Most);

/// <summary>Who is told when nobody acknowledged in time.</summary>
/// <param name="After">Since the alarm was told first.</param>
/// <param name="Targets">Whom; at least one.</param>
public sealed record EscalationStep(TimeSpan After, IReadOnlyList<SubscriptionTarget> Targets);

/// <summary>Most notifications in any stretch of time of the given length; reminders and escalations count, but escalations are never held back.</summary>
public sealed record RateLimit(int Most, TimeSpan Per);
