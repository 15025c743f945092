using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Web;

/// <summary>Bounds of the API and the console.</summary>
public sealed class WebOptions
{
    public const string SectionName = "Web";

    /// <summary>Most event streams open at a time, API and console together; the next one is answered 503. Default 256.</summary>
    [Range(1, 100_000)]
    public int MaximumStreams { get; set; } = 256;

    /// <summary>Chunks of readings, or single transitions, a stream's queue holds; when full the oldest go and are counted. Default 256.</summary>
    [Range(8, 100_000)]
    public int StreamQueue { get; set; } = 256;

    /// <summary>Latest alarm transitions kept for resuming a stream. Default 4,096.</summary>
    [Range(16, 1_000_000)]
    public int RecentTransitions { get; set; } = 4096;

    /// <summary>Open alarms listed; beyond it they are only counted. Default 100,000.</summary>
    [Range(16, 10_000_000)]
    public int OpenAlarms { get; set; } = 100_000;

    /// <summary>Most alarm steps of the last thirty days that the quality of alarms is reckoned from, about 80 bytes each; beyond it the span is shorter. Default 200,000.</summary>
    [Range(1000, 10_000_000)]
    public int QualitySteps { get; set; } = 200_000;

    /// <summary>People on a shift among whom the alarms are divided; the targets are those for one. Default 1.</summary>
    [Range(1, 1000)]
    public int Operators { get; set; } = 1;

    /// <summary>Assets whose main value of the last hour is kept in memory for the console, 720 bytes each; the first registered have it. Default 10,000.</summary>
    [Range(0, 1_000_000)]
    public int TrendAssets { get; set; } = 10_000;

    /// <summary>Longest body of POST /api/v1/telemetry in bytes. Default 1 MiB.</summary>
    [Range(1024, 268_435_456)]
    public int TelemetryBodyBytes { get; set; } = 1_048_576;

    /// <summary>Time between heartbeat comments of a silent stream. Default 15 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>What the console calls the installation. Default <c>Alatau City</c>.</summary>
    [Required]
    public string Title { get; set; } = "Alatau City";
}
