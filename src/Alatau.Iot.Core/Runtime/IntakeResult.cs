using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Core.Runtime;

/// <summary>What became of a message at the entrance.</summary>
public enum IntakeVerdict : byte
{
    /// <summary>On the road, and in the ledger as received.</summary>
    Taken,

    /// <summary>Set aside with a reason, and in the ledger as quarantined.</summary>
    Quarantined,

    /// <summary>No room in time: nothing was taken, nothing counted; send it again later.</summary>
    Busy,
}

/// <param name="Verdict">What became of it.</param>
/// <param name="Reason">Why it was set aside; null for the other verdicts.</param>
/// <param name="Detail">What exactly, where in the payload, and the cure; empty when taken.</param>
public readonly record struct IntakeResult(IntakeVerdict Verdict, QuarantineReason? Reason = null, string Detail = "");
