using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Storage.Recording;

/// <summary>How history is gathered into batches and handed to the store.</summary>
public sealed class RecordingOptions
{
    public const string SectionName = "Storage:Recording";

    /// <summary>Rows at which a shard's batch is handed to the writer; default 5,000.</summary>
    [Range(1, 1_000_000)]
    public int BatchRows { get; set; } = 5_000;

    /// <summary>Batches there may be, filling and waiting together; default 64. When all are taken the shards wait, which is the back-pressure. At least two a shard are made.</summary>
    [Range(1, 100_000)]
    public int Batches { get; set; } = 64;

    /// <summary>Rows of several batches that are written at once; default 50,000.</summary>
    [Range(1, 10_000_000)]
    public int WriteRows { get; set; } = 50_000;

    /// <summary>Rows at which a pausing shard hands its batch to an idle writer at once; default 1,000.</summary>
    [Range(1, 1_000_000)]
    public int PauseRows { get; set; } = 1_000;

    /// <summary>Age in milliseconds at which a batch of any size goes to an idle writer; default 250. What trickles in becomes visible within twice this time.</summary>
    [Range(1, 60_000)]
    public int IdleAgeMilliseconds { get; set; } = 250;

    /// <summary>Age in milliseconds at which a batch is handed on even to a busy writer; default 1,000.</summary>
    [Range(1, 600_000)]
    public int MaximumAgeMilliseconds { get; set; } = 1_000;

    /// <summary>First pause in milliseconds after a failed write; default 500. Doubles with each failure; the true pause lies between half of it and all of it, at random.</summary>
    [Range(1, 600_000)]
    public int FirstPauseMilliseconds { get; set; } = 500;

    /// <summary>Longest pause in milliseconds between two tries; default 30,000. Taken at once for a failure that only a person can cure; a store that asks for longer gets it, up to ten times this.</summary>
    [Range(1, 3_600_000)]
    public int LongestPauseMilliseconds { get; set; } = 30_000;

    /// <summary>How long a stop waits for the last rows, in milliseconds; default 4,000.</summary>
    [Range(0, 600_000)]
    public int DrainMilliseconds { get; set; } = 4_000;

    /// <summary>Length in bytes at which <c>rejected.log</c> is put aside as <c>rejected.log.1</c>, replacing the one before; default 16 MiB.</summary>
    [Range(1_024, 1_073_741_824)]
    public long RejectedLogBytes { get; set; } = 16 * 1024 * 1024;
}
