using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Web.Live;

/// <summary>An alarm that is not normal.</summary>
/// <param name="Last">Its latest transition.</param>
/// <param name="Value">Latest value that a transition carried; null when none did.</param>
/// <param name="Cause">What the transition that raised it said, or the one by which its severity rose.</param>
public sealed record OpenAlarm(AlarmTransition Last, double? Value, string Cause)
{
    /// <summary>Whether it still asks for an operator's hand.</summary>
    public bool NeedsAcknowledgement => Last.To is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged;

    /// <summary>Whether it was put aside: shelved, suppressed or out of service.</summary>
    public bool IsAside => Last.To is AlarmState.Shelved or AlarmState.SuppressedByDesign or AlarmState.OutOfService;
}
