using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Something that a measurand tells is at or past a limit, or past several of a ladder. Trips at the limit itself and clears strictly inside limit and deadband.</summary>
/// <remarks>
/// High: passed when value &gt;= limit, no more when value &lt; limit - deadband. Low: mirrored. As Rockwell's ALMA block and OPC UA Part 9 B.1.5.
/// Delays are event time: one value on the other side starts them anew, and so does a gap between two readings of more than three reporting intervals (five minutes when the interval is unknown), since a gap is
/// neither "still abnormal" nor "still normal". Only readings that are newer than all before them, live and not bad, are judged.
/// <para>A ladder makes one alarm. Its severity is that of the highest limit passed since it was raised: it climbs, and falls only by being over. Climbing asks for a new acknowledgement (ISA-18.2).</para>
/// </remarks>
/// <param name="Measurand">What is looked at.</param>
/// <param name="IsHigh">True: the limits are upper ones. False: lower ones.</param>
public abstract record LimitCondition(MeasurandId Measurand, bool IsHigh) : AlarmCondition
{
    /// <summary>Limits, the mildest first; never empty.</summary>
    public abstract IReadOnlyList<AlarmRung> Rungs { get; }

    /// <summary>
    /// The measurand's phases <c>.l1</c> to <c>.l3</c> are judged beside the measurand itself, each with a deadband and delay of its own; the worst decides: the alarm is raised by the first that trips
    /// and returns when all are inside.
    /// </summary>
    public bool IncludesPhases { get; init; }

    /// <summary>Hours in which the rule is judged, by the local time of the asset's site; empty for always. The first reading outside them ends what was abnormal.</summary>
    public IReadOnlyList<WeeklyStretch> Hours { get; init; } = [];

    /// <summary>Whether several limits make one alarm.</summary>
    public bool IsLadder => Rungs.Count > 1;

    /// <summary>Whether what is compared are the measurand's own values, so that a limit can be drawn beside them.</summary>
    public virtual bool ComparesValues => false;

    /// <summary>Unit of the value in a transition of this condition.</summary>
    public virtual string ValueUnit(MeasurandCatalog catalog) => catalog[Measurand].Unit;
}
