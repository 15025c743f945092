using System.Threading.Channels;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>One ordered way to the store: takes the batches of its shards, merges those that wait, writes them until they are stored.</summary>
/// <remarks>A later revision of a window never overtakes an earlier one, since a shard has one lane and a lane has one write under way.</remarks>
internal sealed class WriteLane(IHistoryStore store, BatchPool pool, Ledger ledger, RecordingOptions options, RejectedLog rejectedLog, TimeProvider time, Random random, ILogger logger)
{
    private const int MostPatience = 10;

    private readonly Channel<Item> _queue = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly HistoryBatch _merged = new();
    private int _waiting;
    private volatile StoreAbsence? _absence;
    private long _posted;
    private long _done;
    private long _rows;
    private long _rejected;
    private long _writes;
    private long _failures;

    private readonly record struct Item(HistoryBatch? Batch, TaskCompletionSource? Marker);

    /// <summary>Whether nothing waits and nothing is being written.</summary>
    internal bool IsIdle => Volatile.Read(ref _waiting) == 0;

    internal StoreAbsence? Absence => _absence;

    internal long Rows => Interlocked.Read(ref _rows);

    internal long Rejected => Interlocked.Read(ref _rejected);

    internal long Writes => Interlocked.Read(ref _writes);

    internal long Failures => Interlocked.Read(ref _failures);

    /// <summary>Rows in line or being written; exact when the lane rests.</summary>
    internal long RowsWaiting => Interlocked.Read(ref _posted) - Interlocked.Read(ref _done);

    /// <summary>Puts a batch in line; the pool's bound is the line's bound. After <see cref="Complete"/> it stays unwritten.</summary>
    internal void Post(HistoryBatch batch)
    {
        Interlocked.Increment(ref _waiting);
        Interlocked.Add(ref _posted, batch.Count);
        _queue.Writer.TryWrite(new Item(batch, null));
    }

    /// <summary>Completes when everything posted before is stored.</summary>
    internal Task PassedAsync()
    {
        var marker = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite(new Item(null, marker)))
        {
            marker.SetResult();
        }

        return marker.Task;
    }

    internal void Complete() => _queue.Writer.TryComplete();

    /// <summary>Runs until completed and empty.</summary>
    /// <exception cref="OperationCanceledException">Stopped before all was stored.</exception>
    internal async Task RunAsync(CancellationToken stop)
    {
        await TryUntilDoneAsync(
            async token =>
            {
                await store.OpenAsync(token);
                return true;
            },
            stop);
        var reader = _queue.Reader;
        while (await reader.WaitToReadAsync(stop))
        {
            int batches = 0;
            TaskCompletionSource? marker = null;
            while (_merged.Count < options.WriteRows && marker is null && reader.TryRead(out var item))
            {
                marker = item.Marker;
                if (item.Batch is { } batch)
                {
                    Merge(batch);
                    pool.Return(batch);
                    batches++;
                }
            }

            if (batches > 0)
            {
                await StoreAsync(stop);
                Interlocked.Add(ref _waiting, -batches);
            }

            marker?.SetResult();
        }
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
        if (_merged.Count > 0)
        {
            var rejected = await TryUntilDoneAsync(token => store.WriteAsync(_merged, token), stop);
            Interlocked.Increment(ref _writes);
            Interlocked.Add(ref _rows, _merged.Count - rejected.Count);
            if (rejected.Count > 0)
            {
                Interlocked.Add(ref _rejected, rejected.Count);
                rejectedLog.Add(Instant.Now(time), rejected);
                RecorderLog.Rejected(logger, store.Name, rejected.Count, rejected[0].Reason, rejectedLog.Path);
            }
        }

        for (byte route = 0; route < _merged.MessagesByRoute.Length; route++)
        {
            if (_merged.MessagesByRoute[route] is > 0 and var messages)
            {
                ledger.Stored(route, messages);
            }
        }

        Interlocked.Add(ref _done, _merged.Count);
        _merged.Clear();
    }

    private async Task<T> TryUntilDoneAsync<T>(Func<CancellationToken, ValueTask<T>> attempt, CancellationToken stop)
    {
        while (true)
        {
            StoreException failure;
            try
            {
                var result = await attempt(stop);
                if (_absence is { } over)
                {
                    _absence = null;
                    RecorderLog.Returned(logger, store.Name, Instant.Now(time) - over.Since, over.Tries);
                }

                return result;
            }
            catch (StoreException exception)
            {
                failure = exception;
            }

            stop.ThrowIfCancellationRequested();
            Interlocked.Increment(ref _failures);
            var before = _absence;
            _absence = new StoreAbsence(before?.Since ?? Instant.Now(time), failure.Message, !failure.IsTransient, (before?.Tries ?? 0) + 1);
            if (before is null)
            {
                RecorderLog.Left(logger, store.Name, failure.Message);
            }

            await Task.Delay(PauseAfter(_absence.Tries, failure), time, stop);
        }
    }

    private TimeSpan PauseAfter(int tries, StoreException failure)
    {
        double longest = options.LongestPauseMilliseconds;
        double bound = failure.IsTransient ? Math.Min(longest, options.FirstPauseMilliseconds * Math.Pow(2, Math.Min(tries - 1, 30))) : longest;
        double pause = bound * (0.5 + (random.NextDouble() / 2));
        double asked = Math.Min(failure.RetryAfter?.TotalMilliseconds ?? 0, longest * MostPatience);
        return TimeSpan.FromMilliseconds(Math.Max(1, Math.Max(pause, asked)));
    }
}
