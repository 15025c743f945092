using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A measurand that changes too fast: by a limit or more within a span of event time.</summary>
/// <remarks>
/// Each reading is compared with the lowest (rise) and highest (fall) value of the span before it, which is kept in eighths: what counts reaches back between seven eighths of the span and all of it.
/// A gap longer than the asset's silence forgets what was before it.
/// </remarks>
/// <param name="Measurand">What is looked at.</param>
/// <param name="Per">Span within which the change happens; more than zero.</param>
/// <param name="Direction">Which changes count.</param>
/// <param name="Limits">In the measurand's unit, positive, the mildest first.</param>
public sealed record RateCondition(MeasurandId Measurand, TimeSpan Per, RateDirection Direction, IReadOnlyList<AlarmRung> Limits) : LimitCondition(Measurand, IsHigh: true)
{
    public override IReadOnlyList<AlarmRung> Rungs => Limits;
}

/// <summary>Which changes a rate condition counts.</summary>
public enum RateDirection : byte
{
    Either,
    Rise,
    Fall,
}
