namespace Alatau.Iot.Core.Subscriptions;

/// <summary>Why a subscriber is told something.</summary>
public enum NotificationKind : byte
{
    /// <summary>An alarm made a step.</summary>
    Step,

    /// <summary>Steps that were held back: for a digest, by quiet hours, or by a rate limit.</summary>
    Digest,

    /// <summary>Alarms that still wait for somebody to acknowledge them.</summary>
    Reminder,

    /// <summary>Alarms that nobody acknowledged in time, told to the next in the chain.</summary>
    Escalation,

    /// <summary>A person asked for a test.</summary>
    Test,
}
