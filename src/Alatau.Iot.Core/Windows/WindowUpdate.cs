using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Windows;

/// <summary>A summary to be stored under its asset, measurand and window; a higher revision replaces a lower one.</summary>
public readonly record struct WindowUpdate(MeasurandId Measurand, Window Window, WindowSummary Summary);
