using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>One window of one measurand, in all branches at once.</summary>
/// <param name="Start">Of the window.</param>
public readonly record struct RollUpKey(MeasurandId Measurand, WindowSpan Span, Instant Start);
