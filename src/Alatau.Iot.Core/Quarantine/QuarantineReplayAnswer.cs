namespace Alatau.Iot.Core.Quarantine;

/// <summary>What became of a quarantined message that was sent through again.</summary>
/// <param name="Number">Its number in the quarantine.</param>
/// <param name="Verdict">What happened.</param>
/// <param name="Reason">Why it still can't be taken; null for the other verdicts.</param>
/// <param name="Detail">What exactly, and the cure; empty when it was taken.</param>
public readonly record struct QuarantineReplayAnswer(long Number, QuarantineReplayVerdict Verdict, QuarantineReason? Reason = null, string Detail = "");

/// <summary>What can become of a quarantined message that is sent through again.</summary>
public enum QuarantineReplayVerdict : byte
{
    /// <summary>It is on the road, and no longer in quarantine.</summary>
    Taken,

    /// <summary>It still can't be taken and stays.</summary>
    Refused,

    /// <summary>It was sent through before.</summary>
    TakenBefore,

    /// <summary>No room on the road in time: nothing happened; try again later.</summary>
    Busy,
}
