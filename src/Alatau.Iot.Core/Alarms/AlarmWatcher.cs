using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>One limit watched on one measurand for one rule: a rung compiled for comparison.</summary>
/// <param name="Rule">Index of the rule in its plan.</param>
/// <param name="Index">Index of the watcher in its plan, where its state stands.</param>
/// <param name="Measurand">What is looked at.</param>
/// <param name="IsHigh">Whether the limit is an upper one.</param>
/// <param name="Rung">The limit.</param>
/// <param name="Number">Which rung of its condition, 0 for the mildest.</param>
/// <param name="Severity">Severity once it has tripped.</param>
/// <param name="During">Hours with another limit.</param>
internal sealed record AlarmWatcher(int Rule, int Index, MeasurandId Measurand, bool IsHigh, AlarmRung Rung, int Number, AlarmSeverity Severity, AlarmDuring[] During)
{
    public long OnDelayMilliseconds { get; } = (long)Rung.OnDelay.TotalMilliseconds;

    public long OffDelayMilliseconds { get; } = (long)Rung.OffDelay.TotalMilliseconds;

    public bool IsBeyond(double value, double limit) => IsHigh ? value >= limit : value <= limit;

    public bool IsCleared(double value, double limit, double deadband) => IsHigh ? value < limit - deadband : value > limit + deadband;
}

/// <summary>Another limit for some hours, compiled.</summary>
internal readonly record struct AlarmDuring(AlarmHours Hours, AlarmQuantity At);

/// <summary>What of a measurand is compared.</summary>
internal enum AlarmSourceKind : byte
{
    /// <summary>The reading's value.</summary>
    Value = 0,

    /// <summary>Its change within a span.</summary>
    Rate = 1,

    /// <summary>The time since it changed.</summary>
    Frozen = 2,

    /// <summary>A number of its windows.</summary>
    Window = 3,
}

/// <summary>One measurand of one rule with all limits it is compared with.</summary>
/// <param name="Rule">Index of the rule in its plan.</param>
/// <param name="Condition">The condition it comes from.</param>
/// <param name="Kind">What is compared.</param>
/// <param name="Measurand">What is looked at; a phase where the condition includes them.</param>
/// <param name="Trace">Index of what must be remembered of an asset; -1 for nothing.</param>
/// <param name="Watchers">Its limits, the mildest first.</param>
/// <param name="Hours">Hours in which it is judged; null for always.</param>
internal sealed record AlarmSource(int Rule, LimitCondition Condition, AlarmSourceKind Kind, MeasurandId Measurand, int Trace, AlarmWatcher[] Watchers, AlarmHours? Hours);
