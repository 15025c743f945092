using System.Collections.Concurrent;
using System.Diagnostics;
using Alatau.Iot.Core.History;

namespace Alatau.Iot.Storage.Recording;

/// <summary>The bounded supply of batches. An empty supply holds its caller up: that is the back-pressure.</summary>
internal sealed class BatchPool(int capacity) : IDisposable
{
    private readonly ConcurrentQueue<HistoryBatch> _idle = new();
    private readonly SemaphoreSlim _free = new(capacity);
    private long _waits;
    private long _waitTicks;

    internal int Capacity => capacity;

    internal int Free => _free.CurrentCount;

    /// <summary>How often a caller had to wait.</summary>
    internal long Waits => Interlocked.Read(ref _waits);

    /// <summary>For how long, all together.</summary>
    internal TimeSpan WaitTime => TimeSpan.FromSeconds(Interlocked.Read(ref _waitTicks) / (double)Stopwatch.Frequency);

    /// <summary>Takes an empty batch; waits when there is none.</summary>
    /// <returns>Null when <paramref name="stop"/> came first.</returns>
    internal HistoryBatch? Take(CancellationToken stop)
    {
        if (stop.IsCancellationRequested)
        {
            return null;
        }

        if (!_free.Wait(0, CancellationToken.None))
        {
            Interlocked.Increment(ref _waits);
            long start = Stopwatch.GetTimestamp();
            try
            {
                _free.Wait(stop);
            }
            catch (OperationCanceledException)
            {
                return null;
            }
            finally
            {
                Interlocked.Add(ref _waitTicks, Stopwatch.GetTimestamp() - start);
            }
        }

        return _idle.TryDequeue(out var batch) ? batch : new HistoryBatch();
    }

    internal void Return(HistoryBatch batch)
    {
        batch.Clear();
        _idle.Enqueue(batch);
        _free.Release();
    }

    public void Dispose() => _free.Dispose();
}
