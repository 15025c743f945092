using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Core.Windows;

/// <summary>What one measurand of one asset did during one window.</summary>
/// <param name="Count">Readings that went in; bad ones are not among them.</param>
/// <param name="Minimum">Smallest value.</param>
/// <param name="Maximum">Largest value.</param>
/// <param name="Mean">Arithmetic mean of the values.</param>
/// <param name="Last">Value with the latest MeasuredAt.</param>
/// <param name="Delta">Counters: what the register gained since the last reading before the window (of the first ever: since its first), resets accounted for. Others: 0.</param>
/// <param name="Completeness">Received over expected readings, 0 to 1; NaN when no reporting interval is known.</param>
/// <param name="Revision">0 when first published; one more each time it is published again because readings changed it. A restart skips some.</param>
/// <param name="Quality">Worst quality of the readings that went in.</param>
public readonly record struct WindowSummary(int Count, double Minimum, double Maximum, double Mean, double Last, double Delta, float Completeness, ushort Revision, Quality Quality);
