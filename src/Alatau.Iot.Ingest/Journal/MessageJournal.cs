using System.Buffers.Binary;
using System.Security.Cryptography;
using Alatau.Iot.Core.Observation;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>The write-ahead journal of raw messages: what is in it survives a killed process and a power cut, so its message may be acknowledged.</summary>
/// <remarks>
/// Any thread may append; a thread's records keep their order. A position is a record's number, from 1, never given out twice: records at or below <see cref="CommittedPosition"/> are on disk.
/// Consumers say by <see cref="Release"/> how far they have come; segments that every consumer has passed are deleted. Without consumers nothing is.
/// </remarks>
public sealed partial class MessageJournal : IAsyncDisposable, IDisposable, IReadinessCheck, IMetricSource
{
    private const double WarnAt = 0.8;

    private readonly JournalOptions _options;
    private readonly FileStream _lock;
    private readonly DamageAccount _damage;
    private readonly SegmentCatalog _catalog;
    private readonly ConsumerCursors _cursors;
    private readonly SegmentKeeper _keeper;
    private readonly Committer _committer;
    private int _disposed;

    private MessageJournal(JournalOptions options, TimeProvider time, ILogger log, IJournalDisk disk, FileStream held)
    {
        (_options, _lock) = (options, held);
        _damage = new DamageAccount(log);
        var recovery = new Recovery(options.Folder, disk, _damage);
        recovery.Run();
        _catalog = recovery.Catalog;
        _cursors = ConsumerCursors.Load(options.Folder, path => LogCursorsUnreadable(log, path));
        long end = Math.Max(recovery.End, Math.Max(_cursors.Maximum, _cursors.End));
        if (_cursors.Maximum > recovery.End)
        {
            LogCursorBeyondEnd(log, _cursors.Maximum, recovery.End, options.Folder);
        }

        if (recovery.HasSetAside)
        {
            _cursors.Touch();
        }

        uint seed = BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var sizes = new SegmentSizes(options);
        _keeper = new SegmentKeeper(options, disk, _catalog, sizes, _cursors, () => CommittedPosition, () => _committer!.Retry(), time, log);
        _committer = new Committer(options, new SegmentWriter(options, disk, _catalog, _keeper, sizes, time, seed, recovery.End), end, seed, Explain, log);
        LogOpened(log, options.Folder, _catalog.Count, _catalog.Bytes >> 20, _catalog.First, end);
    }

    string IReadinessCheck.Name => "journal";

    string? IReadinessCheck.Warning => Warning();

    /// <summary>Bytes of all segments, of those that may be; 1 at least while nothing is taken.</summary>
    public double Fill => Math.Max(Problem is null ? 0 : 1, (double)_catalog.Bytes / _options.MaximumBytes);

    /// <summary>Every record at or below it is on disk.</summary>
    public long CommittedPosition => _committer.Committed;

    /// <summary>Position of the last record taken, committed or not. Exact while nobody appends.</summary>
    public long AppendedPosition => _committer.Appended;

    /// <summary>Null when well, else what is wrong and the cure.</summary>
    public string? Problem => _committer.Problem;

    /// <summary>Longest record an append takes; a longer message must be refused before.</summary>
    public int MaximumRecordBytes => _options.MaximumRecordBytes;

    /// <summary>The journal at this moment.</summary>
    public JournalState State => new()
    {
        Problem = Problem,
        Warning = Warning(),
        FirstPosition = _catalog.First,
        CommittedPosition = CommittedPosition,
        WaitingRecords = _committer.Waiting,
        Bytes = _catalog.Bytes,
        Segments = _catalog.Count,
        TornTails = _damage.TornTails,
        TornBytes = _damage.TornBytes,
        DamagedRegions = _damage.Regions,
        DamagedBytes = _damage.Bytes,
        LostRecords = _damage.Lost,
        Commits = _committer.Commits,
        Records = _committer.Records,
        RecordBytes = _committer.Bytes,
        Refused = _committer.Refused,
        Failures = _committer.Failures,
        CommitMedian = _committer.Times.Quantile(0.5),
        CommitP99 = _committer.Times.Quantile(0.99),
        Consumers = _cursors.Snapshot(),
    };

    /// <summary>Opens the journal in the options' folder, which is made when it is missing, and recovers what a crash left.</summary>
    /// <exception cref="IOException">The folder can't be used, or another process has it open.</exception>
    public static MessageJournal Open(JournalOptions options, TimeProvider time, ILogger<MessageJournal> log) =>
        Open(options, time, log, JournalDisks.Native);

    internal static MessageJournal Open(JournalOptions options, TimeProvider time, ILogger log, IJournalDisk disk)
    {
        Directory.CreateDirectory(options.Folder);
        FileStream held;
        try
        {
            held = new FileStream(Path.Combine(options.Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new IOException($"The journal in {options.Folder} can't be opened; is another process using it? {error.Message}", error);
        }

        try
        {
            var journal = new MessageJournal(options, time, log, disk, held);
            journal._committer.Start();
            journal._keeper.Start();
            return journal;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Takes a record; its bytes are copied. Allocates nothing.</summary>
    /// <param name="record">The message.</param>
    /// <param name="position">Its position; the message may be acknowledged when <see cref="CommittedPosition"/> has reached it.</param>
    /// <returns>False when memory or disk is full or the disk is failing: nothing was taken; wait with <see cref="WaitForRoomAsync"/> and try again.</returns>
    /// <exception cref="ArgumentException">The record is larger than <see cref="MaximumRecordBytes"/>.</exception>
    public bool TryAppend(in JournalRecord record, out long position) => _committer.TryAppend(record, out position);

    /// <summary>Completes when an append is worth trying again.</summary>
    /// <exception cref="ObjectDisposedException">The journal was closed.</exception>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _committer.WaitForRoomAsync(cancellationToken);

    /// <summary>Completes when the position is committed: for a caller that answers one message at a time.</summary>
    public ValueTask WaitForCommitAsync(long position, CancellationToken cancellationToken) => _committer.WaitForCommitAsync(position, cancellationToken);

    /// <summary>Calls the listener on the committer's thread after every commit, with the new <see cref="CommittedPosition"/>. It must be quick: the next commit waits for it.</summary>
    /// <returns>Ends the registration.</returns>
    public IDisposable OnCommitted(Action<long> listener) => _committer.OnCommitted(listener);

    /// <summary>Reads from the position on, or from the oldest record when that is gone.</summary>
    public JournalReader OpenReader(long fromPosition) => new(_catalog, _committer, _damage, fromPosition);

    /// <summary>Makes a consumer known: from now on nothing is deleted before it has passed it.</summary>
    /// <returns>How far it had come, 0 when new. After a crash it may have come farther.</returns>
    public long OpenConsumer(string consumer)
    {
        long position = _cursors.Open(consumer);
        _keeper.SaveCursors();
        return position;
    }

    /// <summary>The consumer needs no record at or below the position any more. On disk within a second.</summary>
    public void Release(string consumer, long position)
    {
        _cursors.Release(consumer, position);
        if (_catalog.HasReleased(_cursors.Minimum))
        {
            _keeper.Wake();
        }
    }

    /// <summary>Forgets a consumer that will not come back, so that it holds nothing any more.</summary>
    public bool RemoveConsumer(string consumer) => _cursors.Remove(consumer);

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Problem);

    /// <summary>Commits what was appended, if the disk lets it, and closes.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _committer.Dispose();
        _keeper.Dispose();
        _lock.Dispose();
    }

    /// <inheritdoc cref="Dispose"/>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private string? Warning()
    {
        long bytes = _catalog.Bytes;
        return bytes < WarnAt * _options.MaximumBytes
            ? null
            : $"the journal in {_options.Folder} takes {bytes >> 20} of {_options.MaximumBytes >> 20} MiB{Slowest()}; at the limit no message is taken";
    }

    private string Explain(Exception error) => error switch
    {
        JournalLimitException => $"the journal in {_options.Folder} is full: {error.Message}{Slowest()}. Mend that consumer, or raise {JournalOptions.SectionName}:MaximumBytes",
        _ when JournalDisks.IsDiskFull(error) => $"disk full at {_options.Folder}: free space there, or move the journal by {JournalOptions.SectionName}:Folder",
        _ => $"the disk of {_options.Folder} fails: {error.Message}. Check it and the folder's rights; writing is tried again every two seconds",
    };

    /// <summary>Who holds the oldest segment.</summary>
    private string Slowest()
    {
        var consumers = _cursors.Snapshot();
        if (consumers.Count == 0)
        {
            return ", and no consumer releases any of it";
        }

        var slowest = consumers.MinBy(consumer => consumer.Value);
        return $", and consumer '{slowest.Key}' is {Math.Max(0, CommittedPosition - slowest.Value)} records behind";
    }
}
