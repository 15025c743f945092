using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Outbox;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>One ordered way to the store: takes the batches of its shards, merges those that wait, writes them until they are stored. Those that wait too long go to the outbox, the oldest first.</summary>
/// <remarks>
/// A later revision of a window never overtakes an earlier one, since a shard has one lane and a lane has one write under way. While an earlier one may lie in the outbox, revised windows
/// are put behind it there, too, before they are written: whatever is written last is the highest revision, after any restart.
/// </remarks>
internal sealed class WriteLane(IHistoryStore store, BatchPool pool, Ledger ledger, RecordingOptions options, HistoryOutbox? outbox, RejectedLog rejectedLog, TimeProvider time, Random random, ILogger logger)
    : IDisposable
{
    private static readonly TimeSpan s_diskPause = TimeSpan.FromMilliseconds(100);

    private readonly StorePatience _patience = new(store, options, time, random, logger);
    private readonly Lock _gate = new();
    private readonly Queue<HistoryBatch> _queue = new();
    private readonly Signal _posted = new();
    private readonly Signal _progress = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HistoryBatch _merged = new();
    private readonly HistoryBatch _revised = new();
    private bool _isComplete;
    private bool _isWriting;
    private bool _isWriteSafe;
    private long _batchesPosted;
    private long _batchesTaken;
    private long _batchesSafe;
    private long _batchesDone;
    private long _rowsPosted;
    private long _rowsDone;
    private long _rows;
    private long _rejected;
    private long _writes;

    /// <summary>Held during a write with all its tries; whoever drains the outbox holds those of all lanes, so that the store sees one or the other.</summary>
    internal SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Completes when the lane has found the store open: nobody writes to it before.</summary>
    internal Task Opened => _opened.Task;

    internal StoreAbsence? Absence => _patience.Absence;

    internal long Failures => _patience.Failures;

    internal long Rows => Interlocked.Read(ref _rows);

    internal long Rejected => Interlocked.Read(ref _rejected);

    internal long Writes => Interlocked.Read(ref _writes);

    /// <summary>Whether nothing waits and nothing is being written.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count == 0 && !_isWriting;
            }
        }
    }

    /// <summary>Batches in line, the write under way not among them.</summary>
    internal int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Rows in line or being written that aren't in the outbox.</summary>
    internal long RowsWaiting
    {
        get
        {
            lock (_gate)
            {
                return _rowsPosted - _rowsDone;
            }
        }
    }

    /// <summary>Batches handed over up to now.</summary>
    internal long Posted
    {
        get
        {
            lock (_gate)
            {
                return _batchesPosted;
            }
        }
    }

    /// <summary>Puts a batch in line; the pool's bound is the line's bound. After <see cref="Complete"/> it stays unwritten.</summary>
    internal void Post(HistoryBatch batch)
    {
        lock (_gate)
        {
            _queue.Enqueue(batch);
            _batchesPosted++;
            _rowsPosted += batch.Count;
        }

        _posted.Pulse();
    }

    /// <summary>Whether the first so many batches are in the store or in the outbox.</summary>
    internal bool IsSafe(long batches)
    {
        lock (_gate)
        {
            return _batchesSafe >= batches;
        }
    }

    /// <summary>Completes when the first so many batches are in the store or in the outbox.</summary>
    internal Task SafeAsync(long batches, CancellationToken cancellationToken) => ReachedAsync(() => IsSafe(batches), cancellationToken);

    /// <summary>Completes when the first so many batches have left: they are stored, or wait in the outbox only.</summary>
    internal Task PassedAsync(long batches, CancellationToken cancellationToken) => ReachedAsync(() => Volatile.Read(ref _batchesDone) >= batches, cancellationToken);

    internal void Complete()
    {
        lock (_gate)
        {
            _isComplete = true;
        }

        _posted.Pulse();
    }

    /// <summary>Puts the oldest that the store hasn't got into the outbox: first the write under way, as a second way for its rows, then the oldest batch in line.</summary>
    /// <returns>False when the outbox takes nothing.</returns>
    internal bool TrySpillOldest()
    {
        lock (_gate)
        {
            if (_isWriting && !_isWriteSafe)
            {
                if (_merged.Count > 0 && !outbox!.TrySpill(_merged))
                {
                    return false;
                }

                // From now on they count when the outbox has brought them to the store.
                if (_merged.Count > 0)
                {
                    Array.Clear(_merged.MessagesByRoute);
                }

                (_isWriteSafe, _batchesSafe) = (true, _batchesTaken);
                _rowsDone += _merged.Count;
            }

            if (_queue.TryPeek(out var oldest))
            {
                if (!outbox!.TrySpill(oldest))
                {
                    return false;
                }

                _queue.Dequeue();
                _rowsDone += oldest.Count;
                _batchesSafe = ++_batchesTaken;
                pool.Return(oldest);
            }

            if (!_isWriting)
            {
                _batchesDone = _batchesTaken;
            }
        }

        _progress.Pulse();
        return true;
    }

    /// <summary>Runs until completed and empty.</summary>
    /// <exception cref="OperationCanceledException">Stopped before all was stored.</exception>
    internal async Task RunAsync(CancellationToken stop)
    {
        await Turn.WaitAsync(stop);
        try
        {
            await _patience.TryUntilDoneAsync(OpenAsync, stop);
            _opened.TrySetResult();
        }
        finally
        {
            Turn.Release();
        }

        while (await WaitForBatchAsync(stop))
        {
            bool isTaken;
            await Turn.WaitAsync(stop);
            try
            {
                isTaken = TryTake();
                if (isTaken)
                {
                    await StoreAsync(stop);
                }
            }
            finally
            {
                Turn.Release();
            }

            if (!isTaken && Waiting > 0)
            {
                // The disk failed to take the copies of revised windows; without them the order isn't sure.
                await Task.Delay(s_diskPause, TimeProvider.System, stop);
            }
        }
    }

    public void Dispose() => Turn.Dispose();

    private async ValueTask<bool> OpenAsync(CancellationToken cancellationToken)
    {
        await store.OpenAsync(cancellationToken);
        return true;
    }

    private async Task ReachedAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = _progress.Next;
            if (condition())
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> WaitForBatchAsync(CancellationToken stop)
    {
        while (true)
        {
            var next = _posted.Next;
            lock (_gate)
            {
                if (_queue.Count > 0)
                {
                    return true;
                }

                if (_isComplete)
                {
                    return false;
                }
            }

            await next.WaitAsync(stop);
        }
    }

    // Merges what waits into one write.
    private bool TryTake()
    {
        lock (_gate)
        {
            if (outbox is { IsEmpty: false } && !TryCopyRevised(outbox))
            {
                return false;
            }

            while (_merged.Count < options.WriteRows && _queue.TryDequeue(out var batch))
            {
                Merge(batch);
                pool.Return(batch);
                _batchesTaken++;
                _isWriting = true;
            }

            return _isWriting;
        }
    }

    private bool TryCopyRevised(HistoryOutbox target)
    {
        _revised.Clear();
        int rows = 0;
        foreach (var batch in _queue)
        {
            foreach (var row in batch.Windows)
            {
                if (row.Update.Summary.Revision > 0)
                {
                    _revised.Windows.Add(row);
                }
            }

            rows += batch.Count;
            if (rows >= options.WriteRows)
            {
                break;
            }
        }

        return _revised.Count == 0 || target.TrySpill(_revised, RecordKind.Copied);
    }

    private void Merge(HistoryBatch batch)
    {
        _merged.Readings.AddRange(batch.Readings);
        _merged.Windows.AddRange(batch.Windows);
        _merged.Transitions.AddRange(batch.Transitions);
        for (int route = 0; route < batch.MessagesByRoute.Length; route++)
        {
            _merged.MessagesByRoute[route] += batch.MessagesByRoute[route];
        }
    }

    private async Task StoreAsync(CancellationToken stop)
    {
        int rejectedRows = 0;
        if (_merged.Count > 0)
        {
            var rejected = await _patience.TryUntilDoneAsync(token => store.WriteAsync(_merged, token), stop);
            Interlocked.Increment(ref _writes);
            rejectedRows = rejected.Count;
            if (rejectedRows > 0)
            {
                Interlocked.Add(ref _rejected, rejectedRows);
                rejectedLog.Add(Instant.Now(time), rejected);
                RecorderLog.Rejected(logger, store.Name, rejectedRows, rejected[0].Reason, rejectedLog.Path);
            }
        }

        lock (_gate)
        {
            for (byte route = 0; route < _merged.MessagesByRoute.Length; route++)
            {
                if (_merged.MessagesByRoute[route] is > 0 and var messages)
                {
                    ledger.Stored(route, messages);
                }
            }

            if (!_isWriteSafe)
            {
                // Rows that lie in the outbox, too, count there.
                Interlocked.Add(ref _rows, _merged.Count - rejectedRows);
                _rowsDone += _merged.Count;
                _batchesSafe = _batchesTaken;
            }

            _merged.Clear();
            _batchesDone = _batchesTaken;
            (_isWriting, _isWriteSafe) = (false, false);
        }

        _progress.Pulse();
    }
}
