using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Where history waits while the store is away, and how much of it.</summary>
public sealed class OutboxOptions
{
    public const string SectionName = "Storage:Outbox";

    /// <summary>Folder; a relative one lies in the data folder. Default <c>outbox</c>. Each store has a folder of its name in it.</summary>
    [Required]
    public string Folder { get; set; } = "outbox";

    /// <summary>Bytes on disk at which nothing more is spilled, so that the shards wait and devices slow down; default 8 GiB. Nothing is dropped.</summary>
    [Range(1_048_576, long.MaxValue)]
    public long MaximumBytes { get; set; } = 8L * 1024 * 1024 * 1024;

    /// <summary>Length in bytes at which a segment file is followed by the next; default 64 MiB. A segment is deleted when the store has all of it.</summary>
    [Range(4_096, 1_073_741_824)]
    public long SegmentBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Batches that may wait in memory before the oldest are spilled; default 32, and 4 while the store is known to be away. Never more than there are beside those the shards fill.</summary>
    [Range(1, 100_000)]
    public int MemoryBatches { get; set; } = 32;

    /// <summary>Rows brought back from disk in one write; default 20,000. A live row waits for at most one such write.</summary>
    [Range(1, 10_000_000)]
    public int DrainRows { get; set; } = 20_000;

    /// <summary>How long a checkpoint waits for a store that answers before it spills what the store hasn't got, in milliseconds; default 1,000.</summary>
    [Range(1, 600_000)]
    public int PatienceMilliseconds { get; set; } = 1_000;
}
