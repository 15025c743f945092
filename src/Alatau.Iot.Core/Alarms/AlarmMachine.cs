namespace Alatau.Iot.Core.Alarms;

/// <summary>The state machine of ISA-18.2 / IEC 62682, as a table. Pure.</summary>
/// <remarks>
/// Normal, Unacknowledged, Acknowledged and ReturnedUnacknowledged are annunciated states; from each of them shelving, suppression and removal lead to the matching state, and
/// leaving that leads to Unacknowledged when the process is abnormal, else to Normal. While it is shelved, suppressed or out of service the process may change: no step. What has become worse asks for a new acknowledgement; a step from Unacknowledged
/// to itself says that the severity rose. All else is refused.
/// </remarks>
public static class AlarmMachine
{
    /// <summary>The state after <paramref name="input"/>.</summary>
    /// <param name="state">The state before.</param>
    /// <param name="input">What happened.</param>
    /// <param name="isAbnormal">Whether the process is abnormal now (after the input).</param>
    /// <returns>The next state; the same one when the input changes nothing; null when it is refused.</returns>
    public static AlarmState? Next(AlarmState state, AlarmInput input, bool isAbnormal) => (state, input) switch
    {
        (AlarmState.Normal, AlarmInput.BecameAbnormal) => AlarmState.Unacknowledged,
        (AlarmState.Normal, AlarmInput.BecameNormal) => AlarmState.Normal,

        (AlarmState.Unacknowledged, AlarmInput.BecameAbnormal) => AlarmState.Unacknowledged,
        (AlarmState.Unacknowledged, AlarmInput.BecameNormal) => AlarmState.ReturnedUnacknowledged,
        (AlarmState.Unacknowledged, AlarmInput.BecameWorse) => AlarmState.Unacknowledged,
        (AlarmState.Unacknowledged, AlarmInput.Acknowledge) => AlarmState.Acknowledged,

        (AlarmState.Acknowledged, AlarmInput.BecameAbnormal) => AlarmState.Acknowledged,
        (AlarmState.Acknowledged, AlarmInput.BecameNormal) => AlarmState.Normal,
        (AlarmState.Acknowledged, AlarmInput.BecameWorse) => AlarmState.Unacknowledged,
        (AlarmState.Acknowledged, AlarmInput.Acknowledge) => AlarmState.Acknowledged,

        (AlarmState.ReturnedUnacknowledged, AlarmInput.BecameAbnormal) => AlarmState.Unacknowledged,
        (AlarmState.ReturnedUnacknowledged, AlarmInput.BecameNormal) => AlarmState.ReturnedUnacknowledged,
        (AlarmState.ReturnedUnacknowledged, AlarmInput.Acknowledge) => AlarmState.Normal,

        (<= AlarmState.ReturnedUnacknowledged, AlarmInput.Shelve) => AlarmState.Shelved,
        (<= AlarmState.ReturnedUnacknowledged, AlarmInput.Suppress) => AlarmState.SuppressedByDesign,
        (<= AlarmState.ReturnedUnacknowledged, AlarmInput.RemoveFromService) => AlarmState.OutOfService,

        (AlarmState.Shelved, AlarmInput.Unshelve) => Leaving(isAbnormal),
        (AlarmState.Shelved, AlarmInput.Shelve) => AlarmState.Shelved,
        (AlarmState.SuppressedByDesign, AlarmInput.Unsuppress) => Leaving(isAbnormal),
        (AlarmState.SuppressedByDesign, AlarmInput.Suppress) => AlarmState.SuppressedByDesign,
        (AlarmState.OutOfService, AlarmInput.ReturnToService) => Leaving(isAbnormal),
        (AlarmState.OutOfService, AlarmInput.RemoveFromService) => AlarmState.OutOfService,
        (> AlarmState.ReturnedUnacknowledged, AlarmInput.BecameAbnormal or AlarmInput.BecameNormal or AlarmInput.BecameWorse) => state,

        _ => null,
    };

    private static AlarmState Leaving(bool isAbnormal) => isAbnormal ? AlarmState.Unacknowledged : AlarmState.Normal;
}
