using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>What became of one payload.</summary>
public readonly struct DecodeResult
{
    private readonly string? _detail;

    private DecodeResult(DecodeOutcome outcome, int count, QuarantineReason reason, string? detail, bool needsRebirth) =>
        (Outcome, Count, Reason, _detail, NeedsRebirth) = (outcome, count, reason, detail, needsRebirth);

    public DecodeOutcome Outcome { get; }

    /// <summary>Readings in the buffer; 0 unless decoded.</summary>
    public int Count { get; }

    /// <summary>Why it is unusable; has a meaning only when <see cref="Outcome"/> is <see cref="DecodeOutcome.Quarantined"/>.</summary>
    public QuarantineReason Reason { get; }

    /// <summary>What is wrong, where in the payload, and the cure; empty unless quarantined. Built only then.</summary>
    public string Detail => _detail ?? "";

    /// <summary>
    /// Sparkplug: a message of this node was missed, or its birth was never seen. The host should publish <see cref="SparkplugRebirth"/>'s payload as
    /// NCMD to the node. Said at most once in ten seconds for a node.
    /// </summary>
    public bool NeedsRebirth { get; }

    internal static DecodeResult Ignored => new(DecodeOutcome.Ignored, 0, default, null, needsRebirth: false);

    internal static DecodeResult Decoded(int count) => new(DecodeOutcome.Decoded, count, default, null, needsRebirth: false);

    internal static DecodeResult Quarantine(QuarantineReason reason, string detail) => new(DecodeOutcome.Quarantined, 0, reason, detail, needsRebirth: false);

    internal DecodeResult AskingForRebirth(bool needed) => needed ? new(Outcome, Count, Reason, _detail, needsRebirth: true) : this;
}
