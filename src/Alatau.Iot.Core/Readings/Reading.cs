using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Readings;

/// <summary>One value of one measurand at one instant, in the measurand's canonical unit, with its quality. 24 bytes.</summary>
/// <param name="MeasuredAt">When the device measured it; the arrival time when the device said nothing.</param>
/// <param name="Value">Finite. A value that wasn't a number is 0 with <see cref="Quality.Bad"/>.</param>
/// <param name="Sequence">The device's number of the message it came in; 0 when the device sends none.</param>
/// <param name="Measurand">What was measured.</param>
/// <param name="Quality">How far it may be trusted.</param>
/// <param name="Origin">What is known of the time and the delivery.</param>
public readonly record struct Reading(Instant MeasuredAt, double Value, uint Sequence, MeasurandId Measurand, Quality Quality, ReadingOrigin Origin);
