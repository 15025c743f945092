using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms.Assessment;

/// <summary>What the quality of alarms needs of a transition: no text.</summary>
public readonly record struct AlarmMoment(Instant At, AssetId Asset, string Rule, AlarmSeverity Severity, AlarmState From, AlarmState To)
{
    public static AlarmMoment Of(AlarmTransition step) => new(step.At, step.Asset, step.Rule, step.Severity, step.From, step.To);

    /// <summary>The operator is called: for the first time, again, or for something worse. This is what rates count.</summary>
    public bool IsCall => To == AlarmState.Unacknowledged;

    /// <summary>The process became normal; an acknowledgement after it doesn't count.</summary>
    public bool IsReturn => To == AlarmState.ReturnedUnacknowledged || (To == AlarmState.Normal && From is AlarmState.Acknowledged or AlarmState.Unacknowledged);

    /// <summary>Shelved, suppressed or taken out of service.</summary>
    public bool IsAside => To is AlarmState.Shelved or AlarmState.SuppressedByDesign or AlarmState.OutOfService;
}
