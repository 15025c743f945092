namespace Alatau.Iot.Core.Quarantine;

/// <summary>What became of quarantined messages that were sent through again.</summary>
/// <param name="Tried">Messages that were meant and not sent through before.</param>
/// <param name="Taken">Of them, those that are on the road now.</param>
/// <param name="Refused">Those that still can't be taken, with the reason: at most <see cref="MostNamed"/> of them.</param>
/// <param name="RefusedCount">All that still can't be taken.</param>
/// <param name="Busy">Those that were not tried since the road had no room in time.</param>
public sealed record QuarantineReplayResult(long Tried, long Taken, IReadOnlyList<QuarantineReplayAnswer> Refused, long RefusedCount, long Busy)
{
    /// <summary>Refused messages that an answer names.</summary>
    public const int MostNamed = 100;
}
