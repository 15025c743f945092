namespace Alatau.Iot.Core.Alarms;

/// <summary>What may happen to an alarm; a closed set.</summary>
public enum AlarmInput : byte
{
    /// <summary>The process became abnormal.</summary>
    BecameAbnormal,

    /// <summary>The process became normal.</summary>
    BecameNormal,

    /// <summary>The process became worse: it passed a limit of higher severity.</summary>
    BecameWorse,

    /// <summary>A person acknowledges.</summary>
    Acknowledge,

    /// <summary>A person puts it aside for a time.</summary>
    Shelve,

    /// <summary>The time is over, or a person takes it back.</summary>
    Unshelve,

    /// <summary>A rule holds it down.</summary>
    Suppress,

    /// <summary>The rule lets go.</summary>
    Unsuppress,

    /// <summary>A person takes it out of service.</summary>
    RemoveFromService,

    /// <summary>A person puts it back into service.</summary>
    ReturnToService,
}
