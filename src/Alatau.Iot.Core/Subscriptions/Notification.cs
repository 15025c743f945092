using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Subscriptions;

/// <summary>What one subscriber is told at one time; never changed afterwards.</summary>
/// <param name="Key">Tells it from every other notification, also after a restart: a target that sees it twice has it already.</param>
/// <param name="Subscription">Name of the subscription it is told for.</param>
/// <param name="Kind">Why it is told.</param>
/// <param name="At">When it was made, by the platform's clock.</param>
/// <param name="Transitions">The steps it tells, in the order they were made; at least one. Of a reminder or an escalation the latest step of each alarm.</param>
public sealed record Notification(string Key, string Subscription, NotificationKind Kind, Instant At, IReadOnlyList<AlarmTransition> Transitions)
{
    /// <summary>Further steps that are counted but not listed.</summary>
    public int More { get; init; }

    /// <summary>How far up the escalation chain it is told: 0 for the subscription's own targets, n for the n-th step as well.</summary>
    public int Level { get; init; }

    /// <summary>All steps, listed or not.</summary>
    public int Count => Transitions.Count + More;

    /// <summary>The most severe of the listed steps.</summary>
    public AlarmSeverity Severity => Transitions.Max(t => t.Severity);

    /// <summary>In one line, without a line break: what a mail's subject says.</summary>
    public string Title
    {
        get
        {
            var first = Transitions[0];
            string what = $"{StepOf(first)}: {first.Title} at {first.Asset}";
            string more = Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {Count - 1} more") : "";
            return Kind switch
            {
                NotificationKind.Reminder => $"Still not acknowledged: {first.Title} at {first.Asset}{more}",
                NotificationKind.Escalation => string.Create(CultureInfo.InvariantCulture, $"Escalation {Level}, nobody acknowledged: {first.Title} at {first.Asset}{more}"),
                NotificationKind.Test => $"Test of subscription {Subscription}",
                _ => what + more,
            };
        }
    }

    /// <summary>One step of one alarm, told as it is.</summary>
    public static Notification Of(AlarmTransition step, string subscription, Instant at) =>
        new(KeyOf(subscription, step), subscription, NotificationKind.Step, at, [step]);

    /// <summary>Key of a step: the same after a replay.</summary>
    public static string KeyOf(string subscription, AlarmTransition step) =>
        string.Create(CultureInfo.InvariantCulture, $"{subscription}/{step.AlarmId}/{(byte)step.To}/{step.At.UnixMilliseconds}");

    /// <summary>What a step brought about, in a word or two.</summary>
    public static string StepOf(AlarmTransition step) => step.To switch
    {
        AlarmState.Unacknowledged when step.From is AlarmState.Unacknowledged or AlarmState.Acknowledged => $"Now {step.Severity}",
        AlarmState.Unacknowledged => "Raised",
        AlarmState.Acknowledged => "Acknowledged",
        AlarmState.ReturnedUnacknowledged => "Returned to normal",
        AlarmState.Normal => "Over",
        AlarmState.Shelved => "Shelved",
        AlarmState.SuppressedByDesign => "Suppressed",
        _ => "Out of service",
    };
}
