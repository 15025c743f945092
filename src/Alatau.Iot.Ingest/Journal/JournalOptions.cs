using System.ComponentModel.DataAnnotations;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Where the journal rests, how much of the disk it may take, and when it commits.</summary>
public sealed class JournalOptions : IValidatableObject
{
    public const string SectionName = "Ingest:Journal";

    public const string DefaultFolder = "journal";

    public const long DefaultSegmentBytes = 64L << 20;

    public const long DefaultFirstSegmentBytes = 1L << 20;

    public const long DefaultMaximumBytes = 8L << 30;

    public const int DefaultBufferBytes = 2 << 20;

    public const int DefaultCommitBytes = 1 << 20;

    public const int DefaultMaximumRecordBytes = 1 << 20;

    /// <summary>Folder of the segments; default <c>journal</c>. A relative one is under the data folder: the host resolves it. Only one process may have it open.</summary>
    [Required]
    public string Folder { get; set; } = DefaultFolder;

    /// <summary>Size a segment is created with once the journal is busy, in bytes; default 64 MiB. A released segment frees its space as a whole.</summary>
    [Range(16L << 10, 1L << 30)]
    public long SegmentBytes { get; set; } = DefaultSegmentBytes;

    /// <summary>Size of the first segment after a start, in bytes; default 1 MiB, never more than <see cref="SegmentBytes"/>. Each one after it is twice as large, up to that: a quiet platform takes a few MiB.</summary>
    [Range(16L << 10, 1L << 30)]
    public long FirstSegmentBytes { get; set; } = DefaultFirstSegmentBytes;

    /// <summary>Most bytes all segments together may take; default 8 GiB. At 80 % the journal warns; at the limit it refuses messages, and drops none.</summary>
    [Range(32L << 10, long.MaxValue)]
    public long MaximumBytes { get; set; } = DefaultMaximumBytes;

    /// <summary>How long a segment is kept after its last record although nobody needs it any more, for <c>alatau replay</c>; default zero: it goes once a checkpoint has covered it.
    /// Kept segments go, the oldest first, when all segments take more than three quarters of <see cref="MaximumBytes"/>: they never cost a message its room.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan KeepReleased { get; set; } = TimeSpan.Zero;

    /// <summary>Memory for messages that wait for a commit, in bytes; default 2 MiB, half of it open while the other half is written.</summary>
    [Range(16 << 10, 1 << 30)]
    public int BufferBytes { get; set; } = DefaultBufferBytes;

    /// <summary>Longest a message of a steady stream waits for others to share its commit; default 2 ms. Zero commits whatever is there at once.</summary>
    /// <remarks>A message that comes after a pause is committed at once, and a batch whose arrivals pause isn't held back either.</remarks>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(2);

    /// <summary>Bytes at which a batch isn't held back for more; default 1 MiB. A commit has a cost of its own, about 50 µs of CPU.</summary>
    [Range(4096, 1 << 30)]
    public int CommitBytes { get; set; } = DefaultCommitBytes;

    /// <summary>Longest record with its header, client, topic and payload, in bytes; default 1 MiB. At most half of <see cref="BufferBytes"/>.</summary>
    [Range(1024, 64 << 20)]
    public int MaximumRecordBytes { get; set; } = DefaultMaximumRecordBytes;

    /// <summary>Whether a commit waits until the disk has it (fdatasync); default true. False survives a killed process, not a power cut.</summary>
    public bool Fsync { get; set; } = true;

    /// <summary>Whether the next segment is filled with zeros beforehand; default true. It makes a commit a third faster, because the file system has nothing to note, and writes every segment twice.</summary>
    public bool ZeroAhead { get; set; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaximumBytes < 2 * SegmentBytes)
        {
            yield return new ValidationResult($"MaximumBytes ({MaximumBytes}) must hold two segments of SegmentBytes ({SegmentBytes}).", [nameof(MaximumBytes)]);
        }

        if (MaximumRecordBytes > BufferBytes / 2)
        {
            yield return new ValidationResult($"MaximumRecordBytes ({MaximumRecordBytes}) must fit half of BufferBytes ({BufferBytes}).", [nameof(MaximumRecordBytes)]);
        }
    }
}
