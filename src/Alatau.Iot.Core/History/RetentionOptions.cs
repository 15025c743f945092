using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Core.History;

/// <summary>How long each tier of history is kept. Zero keeps for ever.</summary>
public sealed class RetentionOptions
{
    public const string SectionName = "Storage:Retention";

    /// <summary>Raw readings; default 30 days.</summary>
    [Range(0, 36_500)]
    public int RawDays { get; set; } = 30;

    /// <summary>One-minute windows; default 90 days.</summary>
    [Range(0, 36_500)]
    public int OneMinuteDays { get; set; } = 90;

    /// <summary>Quarter-hour windows; default 730 days.</summary>
    [Range(0, 36_500)]
    public int QuarterHourDays { get; set; } = 730;

    /// <summary>One-hour windows; default 0: for ever.</summary>
    [Range(0, 36_500)]
    public int OneHourDays { get; set; }

    /// <summary>Local days, where the store holds them as rows of their own (InfluxDB); default 0: for ever.</summary>
    [Range(0, 36_500)]
    public int OneDayDays { get; set; }

    /// <summary>Alarm transitions; default 0: for ever.</summary>
    [Range(0, 36_500)]
    public int AlarmDays { get; set; }
}
