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

    /// <summary>A reading stamped longer before its arrival than this goes to quarantine; default 3,650 days, zero for no limit. Recorded history may be played in; what is older than the retention of raw readings leaves its windows and goes.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "36500.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan OldestReading { get; set; } = TimeSpan.FromDays(3650);

    /// <summary>How much older than the newest reading of its measurand a reading may be to still correct the windows that hold it; default 7 days, zero to 3,650 days. A later one is stored raw and counted (<c>too_late</c>).</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan LatenessLimit { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most different measurands of one asset; default 64, 1 to 64. Readings of further ones are dropped and counted.</summary>
    [Range(1, MeasurandLimit)]
    public int MaximumMeasurands { get; set; } = MeasurandLimit;

    /// <summary>How long after its end by the wall clock, and after the asset's last arrival, a window is published although no newer reading closed it; default 10 seconds, 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan IdleDelay { get; set; } = TimeSpan.FromSeconds(10);
}
