using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>Bounds and patience of the alarm dispatcher and of the lanes to all targets.</summary>
public sealed class DispatchOptions
{
    public const string SectionName = "Notifications";

    /// <summary>Transitions waiting to be handed to the subscriptions; past it they are lost to all of them and counted. Default 65,536.</summary>
    [Range(16, 10_000_000)]
    public int HandOff { get; set; } = 65_536;

    /// <summary>Deliveries waiting for one target; past it the oldest is given up. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int Queue { get; set; } = 10_000;

    /// <summary>Attempts for one delivery before it is given up; a target that is left alone uses up none. Default 12: about 13 minutes.</summary>
    [Range(1, 1000)]
    public int Attempts { get; set; } = 12;

    /// <summary>Longest a delivery is tried, however few its attempts were. Default 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Wait before the second attempt; doubled for each further one, with a jitter of half. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two attempts, also when a target asks for a longer one. Default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest a single attempt may take before it counts as failed. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan AttemptTime { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Failures in a row after which a target is left alone. Default 5.</summary>
    [Range(1, 1000)]
    public int BreakAfter { get; set; } = 5;

    /// <summary>How long it is left alone before one attempt is let through. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan BreakFor { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Latest deliveries kept beside those that wait: so many delivered ones, and so many dead letters; the oldest go first, dead letters counted. Default 10,000.</summary>
    [Range(16, 1_000_000)]
    public int History { get; set; } = 10_000;
}
