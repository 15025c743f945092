using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Where a series stood after a reading: what its next reading is judged by.</summary>
/// <param name="At">MeasuredAt of the reading.</param>
/// <param name="Value">Its value.</param>
/// <param name="HasFallen">Whether a counter's register fell and hasn't come back; then <paramref name="FellFrom"/> and <paramref name="FellTo"/> say how.</param>
public readonly record struct RegisterMark(Instant At, double Value, bool HasFallen, double FellFrom, double FellTo);
