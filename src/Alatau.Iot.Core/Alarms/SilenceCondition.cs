namespace Alatau.Iot.Core.Alarms;

/// <summary>Nothing measured for too long, by the time of measurement, not of arrival.</summary>
/// <param name="After">Longest span without a measurement; null takes three times the asset's reporting interval, and an asset without one is never judged silent.</param>
public sealed record SilenceCondition(TimeSpan? After) : AlarmCondition;
