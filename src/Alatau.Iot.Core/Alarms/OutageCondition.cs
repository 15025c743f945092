namespace Alatau.Iot.Core.Alarms;

/// <summary>A place has lost what others depend on: the mains of a feeder (enough of the meters below it fell silent, or said goodbye, together), or the connection through a gateway or bridge. Judged by
/// <see cref="Outages.OutageJudge"/>, not by readings of the place.</summary>
/// <param name="Share">Share of the meters heard until then that must be gone; more than 0, at most 1.</param>
/// <param name="AtLeast">Fewest meters that make an outage; at least 2: a single one is a device.</param>
/// <param name="Within">Longest span between the first and the last of them, beside the reporting interval by which a silent meter's end is uncertain; 100 ms to 5 min.</param>
/// <param name="Stragglers">How long after the end of the outage the alarms of members that are still silent stay suppressed.</param>
public sealed record OutageCondition(double Share, int AtLeast, TimeSpan Within, TimeSpan Stragglers) : AlarmCondition
{
    /// <summary>Share of the devices behind a gateway that was never heard itself.</summary>
    public const double DefaultConnectionShare = 0.8;

    /// <summary>A gateway or bridge is judged by its own silence, and only one that was never heard itself by those behind it; false for mains.</summary>
    public bool IsConnection { get; init; }

    /// <summary>Half of the meters.</summary>
    public const double DefaultShare = 0.5;

    public const int DefaultAtLeast = 2;

    public static readonly TimeSpan DefaultWithin = TimeSpan.FromSeconds(5);

    public static readonly TimeSpan DefaultStragglers = TimeSpan.FromMinutes(10);
}
