using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Core.Processing;

/// <summary>Limits of the asset processor; the same for all assets.</summary>
public sealed class ProcessorOptions
{
    public const string SectionName = "Processing";

    /// <summary>Hard bound of <see cref="MaximumMeasurands"/>.</summary>
    public const int MeasurandLimit = 64;

    /// <summary>A reading stamped further ahead of its arrival than this goes to quarantine; default 5 minutes, 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan ClockAheadLimit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A reading stamped longer before its arrival than this goes to quarantine; default 30 days, zero for no limit. Set it to the retention of raw readings.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan OldestReading { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most different measurands of one asset; default 64, 1 to 64. Readings of further ones are dropped and counted.</summary>
    [Range(1, MeasurandLimit)]
    public int MaximumMeasurands { get; set; } = MeasurandLimit;

    /// <summary>How long after its end by the wall clock, and after the asset's last arrival, a window is published although no newer reading closed it; default 10 seconds, 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan IdleDelay { get; set; } = TimeSpan.FromSeconds(10);
}
