using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Outages;

/// <summary>What the judge knows of one asset.</summary>
/// <param name="Kind">Its latest sign; none before the first.</param>
/// <param name="At">As in the sign.</param>
/// <param name="Interval">As in the sign, in ms.</param>
/// <param name="Deaf">As in the sign, in ms.</param>
internal readonly record struct MemberState(OutageSignKind Kind, Instant At, long Interval, long Deaf)
{
    public bool IsSilent => Kind is OutageSignKind.Silent or OutageSignKind.Gasp;

    /// <summary>The latest instant at which it may have gone.</summary>
    public Instant EndsAt(OutagePlace place) => new(At.UnixMilliseconds + Interval + Deaf + (long)place.Condition.Within.TotalMilliseconds);

    /// <summary>Whether it may have gone at <paramref name="start"/>.</summary>
    public bool WentAt(Instant start, OutagePlace place) => At <= start && EndsAt(place) >= start;
}
