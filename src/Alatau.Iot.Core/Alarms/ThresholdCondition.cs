using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A measurand at or past a limit. Trips at the limit itself and clears strictly inside limit and deadband.</summary>
/// <remarks>
/// High: abnormal when value &gt;= limit, normal again when value &lt; limit - deadband. Low: mirrored. As Rockwell's ALMA block and OPC UA Part 9 B.1.5.
/// The on-delay is event time: one reading inside the limit starts it anew, and so does a gap between two readings beyond it of more than three reporting intervals (five minutes when
/// the interval is unknown), since a gap is not "still abnormal". Only readings that are newer than all before them, live and not bad, are judged.
/// </remarks>
/// <param name="Measurand">What is compared.</param>
/// <param name="IsHigh">True: the limit is an upper one. False: a lower one.</param>
/// <param name="Limit">In the measurand's canonical unit, or as <see cref="IsShareOfRating"/> says.</param>
/// <param name="Deadband">In the same unit, not negative.</param>
/// <param name="OnDelay">Event time during which readings must stay abnormal before the alarm is raised; zero raises at once. A gap doesn't count as time.</param>
public sealed record ThresholdCondition(MeasurandId Measurand, bool IsHigh, double Limit, double Deadband, TimeSpan OnDelay) : AlarmCondition
{
    /// <summary>Limit and deadband are shares of the asset's rated power (1 = 100 %); an asset whose rating is unknown is not judged.</summary>
    public bool IsShareOfRating { get; init; }

    /// <summary>
    /// The measurand's phases <c>.l1</c> to <c>.l3</c> are judged beside the measurand itself, each with a deadband and delay of its own; the worst decides: the alarm is raised by the first that trips
    /// and returns when all are inside.
    /// </summary>
    public bool IncludesPhases { get; init; }
}
