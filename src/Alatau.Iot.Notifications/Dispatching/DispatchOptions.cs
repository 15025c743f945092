using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Notifications.Dispatching;

/// <summary>Bounds and patience of the alarm dispatcher.</summary>
public sealed class DispatchOptions
{
    public const string SectionName = "Notifications";

    /// <summary>Transitions waiting to be handed to the subscriptions; past it they are lost to all of them and counted. Default 65,536.</summary>
    [Range(16, 10_000_000)]
    public int HandOff { get; set; } = 65_536;

    /// <summary>Transitions waiting in one subscription's queue; past it the oldest is given up. Default 10,000.</summary>
    [Range(1, 1_000_000)]
    public int Queue { get; set; } = 10_000;

    /// <summary>Attempts for one transition before it is given up. Default 8.</summary>
    [Range(1, 100)]
    public int Attempts { get; set; } = 8;

    /// <summary>Wait before the second attempt; doubled for each further one, with a jitter of half. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan FirstDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two attempts. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest a single attempt may take before it counts as failed. Default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan AttemptTime { get; set; } = TimeSpan.FromSeconds(10);
}
