using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Recording;

/// <summary>How many messages the quarantine keeps, and how much of each.</summary>
public sealed class QuarantineOptions
{
    public const string SectionName = "Ingest:Quarantine";

    /// <summary>Messages kept; the oldest go first; default 10,000.</summary>
    [Range(1, 10_000_000)]
    public int MaximumMessages { get; set; } = 10_000;

    /// <summary>Bytes kept of a payload; default 64 KiB. What is longer is cut, and the detail says so.</summary>
    [Range(0, 16_777_216)]
    public int MaximumPayloadBytes { get; set; } = 64 * 1024;

    /// <summary>Messages that may wait for the disk; default 1,000. While so many wait, a message is counted and not kept.</summary>
    [Range(1, 1_000_000)]
    public int QueueMessages { get; set; } = 1_000;
}
