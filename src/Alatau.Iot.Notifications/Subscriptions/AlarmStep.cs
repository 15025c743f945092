using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>What a step of an alarm brought about, as a subscription names it: the state it led to.</summary>
public enum AlarmStep : byte
{
    /// <summary>Over: normal, and nobody has to do anything.</summary>
    Cleared = AlarmState.Normal,

    /// <summary>Active and not acknowledged, for the first time or again.</summary>
    Raised = AlarmState.Unacknowledged,

    Acknowledged = AlarmState.Acknowledged,

    /// <summary>The process is normal again, and nobody acknowledged the alarm.</summary>
    Returned = AlarmState.ReturnedUnacknowledged,

    Shelved = AlarmState.Shelved,
    Suppressed = AlarmState.SuppressedByDesign,
    OutOfService = AlarmState.OutOfService,
}
