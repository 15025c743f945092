using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>One limit of a condition. A condition with several of them is a ladder: one alarm that climbs.</summary>
/// <param name="Severity">Severity that the alarm has at least once this limit is passed; null for the rule's own.</param>
/// <param name="At">The limit; reached counts as passed.</param>
/// <param name="Deadband">Not negative; passed no more only strictly inside limit and deadband.</param>
/// <param name="OnDelay">Event time for which the limit must stay passed before that counts; zero counts at once.</param>
/// <param name="OffDelay">Event time for which the value must stay inside limit and deadband before the limit is passed no more; zero counts at once.</param>
public sealed record AlarmRung(AlarmSeverity? Severity, AlarmQuantity At, AlarmQuantity Deadband, TimeSpan OnDelay, TimeSpan OffDelay)
{
    /// <summary>Hours with another limit, by the local time of the asset's site; the first that hold the instant decide.</summary>
    public IReadOnlyList<AlarmRungHours> During { get; init; } = [];
}

/// <summary>Another limit for some hours of the week.</summary>
/// <param name="Hours">When it holds.</param>
/// <param name="At">The limit then.</param>
public sealed record AlarmRungHours(IReadOnlyList<WeeklyStretch> Hours, AlarmQuantity At);
