using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>An alarm that waits for somebody to acknowledge it, as one subscription follows it.</summary>
/// <param name="step">Its latest step.</param>
internal sealed class Pursuit(AlarmTransition step)
{
    public AlarmTransition Step { get; set; } = step;

    /// <summary>When the subscriber was told of it first; null while it is held back.</summary>
    public Instant? ToldAt { get; set; }

    /// <summary>Steps of the chain taken.</summary>
    public int Level { get; set; }

    public int Reminders { get; set; }

    /// <summary>When it was told, reminded of or escalated last; meaningful once told.</summary>
    public Instant LastAt { get; set; }

    /// <summary>The process is normal again: it waits for an acknowledgement still, but nobody further up is called for it.</summary>
    public bool HasReturned => Step.To == AlarmState.ReturnedUnacknowledged;
}
