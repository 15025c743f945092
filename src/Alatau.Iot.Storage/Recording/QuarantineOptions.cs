using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Recording;

/// <summary>How many messages the quarantine keeps, how long, and how much of each.</summary>
public sealed class QuarantineOptions
{
    public const string SectionName = "Ingest:Quarantine";

    /// <summary>Messages kept; the oldest go first; default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int MaximumMessages { get; set; } = 10_000;

    /// <summary>How long a message is kept after its arrival; default 30 days. Then it is listed no more, and its file goes with the last message in it: at most an eighth of this later. The counts stay.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Bytes kept of a payload; default 64 KiB. What is longer is cut, and the detail says so.</summary>
    [Range(0, 16_777_216)]
    public int MaximumPayloadBytes { get; set; } = 64 * 1024;

    /// <summary>Messages that may wait for the disk; default 1,000. While so many wait, a message is counted and not kept.</summary>
    [Range(1, 1_000_000)]
    public int QueueMessages { get; set; } = 1_000;
}
