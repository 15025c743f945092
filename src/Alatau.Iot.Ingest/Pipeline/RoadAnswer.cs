using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>What the road made of a message.</summary>
/// <param name="Verdict">Taken, set aside, or not taken.</param>
/// <param name="Position">Its place in the journal; it may be acknowledged when that is committed. 0: at once.</param>
/// <param name="Reason">Why it was set aside; null for the other verdicts.</param>
/// <param name="Detail">What exactly, where in the payload, and the cure; empty when taken.</param>
public readonly record struct RoadAnswer(IntakeVerdict Verdict, long Position = 0, QuarantineReason? Reason = null, string Detail = "");
