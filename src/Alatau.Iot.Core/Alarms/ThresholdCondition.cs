using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>A measurand at or past a limit. Trips at the limit itself and clears strictly inside limit and deadband.</summary>
/// <remarks>High: abnormal when value &gt;= limit, normal again when value &lt; limit - deadband. Low: mirrored. As Rockwell's ALMA block and OPC UA Part 9 B.1.5.</remarks>
/// <param name="Measurand">What is compared.</param>
/// <param name="IsHigh">True: the limit is an upper one. False: a lower one.</param>
/// <param name="Limit">In the measurand's canonical unit.</param>
/// <param name="Deadband">In the same unit, not negative.</param>
/// <param name="OnDelay">Event time during which readings must stay abnormal before the alarm is raised; zero raises at once. A gap doesn't count as time.</param>
public sealed record ThresholdCondition(MeasurandId Measurand, bool IsHigh, double Limit, double Deadband, TimeSpan OnDelay) : AlarmCondition;
