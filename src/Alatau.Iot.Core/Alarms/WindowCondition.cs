using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A number of a window's summary at or past a limit, judged when the window is published.</summary>
/// <remarks>
/// A window counts from its start to its end for the delays; windows that don't follow one another have a gap between them.
/// When the newest window judged is corrected, it is judged again: the alarm may return, and it is raised only while the window has just ended (within one more window and the asset's silence, by the
/// platform's clock). Older windows that are corrected change what is stored and no alarm: nobody is called about the past.
/// </remarks>
/// <param name="Measurand">Whose windows.</param>
/// <param name="IsHigh">True: the limits are upper ones.</param>
/// <param name="Span">Length of the windows.</param>
/// <param name="Statistic">Which number.</param>
/// <param name="Limits">The mildest first.</param>
public sealed record WindowCondition(MeasurandId Measurand, bool IsHigh, WindowSpan Span, WindowStatistic Statistic, IReadOnlyList<AlarmRung> Limits) : LimitCondition(Measurand, IsHigh)
{
    /// <summary>Windows less complete than this say nothing, 0 to 1; a completeness that isn't known counts as enough.</summary>
    public double LeastCompleteness { get; init; }

    public override IReadOnlyList<AlarmRung> Rungs => Limits;

    public override bool ComparesValues => Statistic is WindowStatistic.Mean or WindowStatistic.Min or WindowStatistic.Max or WindowStatistic.Last;

    public override string ValueUnit(MeasurandCatalog catalog) => Statistic.UnitOf(catalog[Measurand]);
}
