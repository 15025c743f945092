using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>Gathers what all threads append and commits it in batches, on a thread of its own: one write and one fdatasync for all that arrived meanwhile.</summary>
/// <remarks>Two buffers: one is open to appenders while the other is written. Pacing goes by the machine's monotonic clock, not by the injected one: it has no meaning in simulated time.</remarks>
internal sealed partial class Committer : IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(2);

    private readonly JournalOptions _options;
    private readonly SegmentWriter _writer;
    private readonly uint _seed;
    private readonly Func<Exception, string> _explain;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly AsyncSignal _room = new();
    private readonly AsyncSignal _commits = new();
    private readonly CommitListeners _listeners;
    private volatile AppendBuffer _open;
    private AppendBuffer _other;
    private volatile string? _problem;
    private volatile bool _closed;
    private volatile int _idle;
    private long _committed;
    private long _refused;
    private long _commitCount;
    private long _records;
    private long _bytes;
    private long _failures;

    /// <param name="end">Position of the last record there is.</param>
    /// <param name="seed">Of every record's checksum.</param>
    /// <param name="explain">Turns a failure into what is wrong and the cure.</param>
    public Committer(JournalOptions options, SegmentWriter writer, long end, uint seed, Func<Exception, string> explain, ILogger log)
    {
        (_options, _writer, _committed, _seed, _explain, _log) = (options, writer, end, seed, explain, log);
        _listeners = new CommitListeners(log);
        _open = new AppendBuffer(options.BufferBytes / 2);
        _other = new AppendBuffer(options.BufferBytes / 2);
        _open.Open(end + 1, 0);
        _thread = new Thread(Run) { IsBackground = true, Name = "journal committer" };
    }

    public CommitTimes Times { get; } = new();

    public long Committed => Volatile.Read(ref _committed);

    public string? Problem => _problem;

    public long Refused => Interlocked.Read(ref _refused);

    public long Commits => Interlocked.Read(ref _commitCount);

    public long Records => Interlocked.Read(ref _records);

    public long Bytes => Interlocked.Read(ref _bytes);

    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Position of the last record taken.</summary>
    public long Appended => _open.Last;

    /// <summary>Records taken and not committed.</summary>
    public long Waiting => Math.Max(0, _open.Last - Committed);

    public void Start() => _thread.Start();

    public bool TryAppend(in JournalRecord record, out long position)
    {
        long size = RecordFormat.SizeOf(record);
        if (size > _options.MaximumRecordBytes || record.Client.Length > ushort.MaxValue || record.Topic.Length > ushort.MaxValue)
        {
            throw new ArgumentException($"A record of {size} bytes; MaximumRecordBytes is {_options.MaximumRecordBytes}, and client and topic have at most 65535.", nameof(record));
        }

        var spin = default(SpinWait);
        while (_problem is null)
        {
            switch (_open.TryAppend(record, (int)size, _seed, out position))
            {
                case AppendResult.Appended:
                    if (_idle != 0)
                    {
                        Wake();
                    }

                    return true;
                case AppendResult.Full:
                    Interlocked.Increment(ref _refused);
                    return false;
                default:
                    if (_closed)
                    {
                        return false;
                    }

                    spin.SpinOnce(sleep1Threshold: -1);
                    break;
            }
        }

        position = 0;
        Interlocked.Increment(ref _refused);
        return false;
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => HasRoom() ? ValueTask.CompletedTask : _room.WaitUntilAsync(HasRoom, cancellationToken);

    public ValueTask WaitForCommitAsync(long position, CancellationToken cancellationToken) =>
        Committed >= position ? ValueTask.CompletedTask : _commits.WaitUntilAsync(() => IsCommitted(position), cancellationToken);

    /// <summary>Has a failing disk tried again now.</summary>
    public void Retry()
    {
        if (_problem is not null)
        {
            _wake.Set();
        }
    }

    public IDisposable OnCommitted(Action<long> listener) => _listeners.Add(listener);

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _wake.Set();
            if (_thread.IsAlive)
            {
                _thread.Join();
            }

            _room.Pulse();
            _commits.Pulse();
            _writer.Dispose();
        }
    }

    private bool IsCommitted(long position)
    {
        bool committed = Committed >= position;
        ObjectDisposedException.ThrowIf(_closed && !committed, this);
        return committed;
    }

    private bool HasRoom()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var open = _open;
        int bytes = open.Bytes;
        return _problem is null && (bytes == 0 || open.Capacity - bytes >= _options.MaximumRecordBytes);
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _idle, 0) != 0)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        try
        {
            long lastEnd = 0;
            var isClosed = () => _closed;
            while (!_closed)
            {
                if (_open.Bytes == 0)
                {
                    Rest();
                    continue;
                }

                CommitPacing.Gather(_open, _options, lastEnd, isClosed);
                if (!TryCommit(Swap()))
                {
                    _open.Seal();
                    return;
                }

                lastEnd = Stopwatch.GetTimestamp();
            }

            // Whoever found room before this seal is in the last batch.
            _open.Seal();
            if (_open.Bytes > 0)
            {
                TryCommit(_open);
            }
        }
        catch (Exception error)
        {
            // A fault of ours. Nothing more can be acknowledged, and readiness says so; a restart reads what is committed.
            _problem = "the journal's committer has stopped by a fault of its own: restart, and report it: " + error.Message;
            LogStopped(_log, error);
        }
    }

    private void Rest()
    {
        Interlocked.Exchange(ref _idle, 1);
        if (_open.Bytes == 0 && !_closed)
        {
            _wake.WaitOne();
        }

        _idle = 0;
    }

    private AppendBuffer Swap()
    {
        var batch = _open;
        batch.Seal();
        _other.Open(batch.Last + 1, batch.NextPhase);
        (_open, _other) = (_other, batch);
        _room.Pulse();
        return batch;
    }

    /// <summary>Commits the batch, however long the disk takes to be well.</summary>
    /// <returns>False when the journal was closed before it could be written; nothing behind it may be written then either.</returns>
    private bool TryCommit(AppendBuffer batch)
    {
        batch.WaitForCopies();
        var pause = FirstRetry;
        while (true)
        {
            long begin = Stopwatch.GetTimestamp();
            try
            {
                _writer.Write(batch);
                long end = Stopwatch.GetTimestamp();
                Times.Add(Stopwatch.GetElapsedTime(begin, end), end);
                break;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                Interlocked.Increment(ref _failures);
                string problem = _explain(error);
                if (_problem is null)
                {
                    LogFailing(_log, problem);
                }

                _problem = problem;
                if (_closed)
                {
                    LogNotCommitted(_log, batch.Count + (_open == batch ? 0 : _open.Count));
                    return false;
                }

                _wake.WaitOne(pause);
                pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry;
            }
        }

        if (_problem is not null)
        {
            _problem = null;
            LogWell(_log, _options.Folder);
            _room.Pulse();
        }

        Publish(batch);
        return true;
    }

    private void Publish(AppendBuffer batch)
    {
        Interlocked.Increment(ref _commitCount);
        Interlocked.Add(ref _records, batch.Count);
        Interlocked.Add(ref _bytes, batch.Bytes);
        long position = batch.Last;
        Volatile.Write(ref _committed, position);
        _listeners.Tell(position);
        _commits.Pulse();
    }
}
