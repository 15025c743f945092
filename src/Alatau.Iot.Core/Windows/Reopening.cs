using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Windows;

/// <summary>A stretch of event time of one measurand whose windows have to be made again from the stored readings.</summary>
/// <param name="Measurand">Whose windows.</param>
/// <param name="From">Inclusive: every window of any span that holds an instant of the stretch.</param>
/// <param name="To">Exclusive.</param>
/// <param name="NewestAt">Newest reading of the measurand: of each span the window that holds it is held by the asset, those before it have been left behind and belong to whoever corrects.</param>
/// <param name="AlsoHeld">Whether held windows, too, are to be made again and offered to the asset: they have ended, and nothing may ever move the measurand on.</param>
public readonly record struct Reopening(MeasurandId Measurand, Instant From, Instant To, Instant NewestAt, bool AlsoHeld);
