using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>The latest value of a measurand as people see it, where it is another than the newest aggregated one: after a bad reading, or before the first live one behind historical ones. 16 bytes.</summary>
/// <param name="At">MeasuredAt; <see cref="Instant.MinValue"/> before the first.</param>
/// <param name="Value">In the measurand's unit.</param>
internal readonly record struct LatestReading(Instant At, double Value);
