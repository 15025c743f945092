using Alatau.Iot.Storage.Outbox;

namespace Alatau.Iot.Storage.Recording;

/// <summary>Keeps what waits in memory within its bound: puts the oldest batches into the outbox when more wait, or when a checkpoint asks for all.</summary>
internal sealed class Spiller(HistoryOutbox outbox, IReadOnlyList<WriteLane> lanes, int bound)
{
    /// <summary>Batches that may wait in memory while the store is known to be away: it would bring them no sooner from there.</summary>
    private const int BoundWhileAway = 4;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    private readonly Signal _work = new();
    private readonly long[] _asked = new long[lanes.Count];

    /// <summary>Batches that may wait in memory.</summary>
    internal int Bound => bound;

    /// <summary>Looks again; cheap.</summary>
    internal void Wake() => _work.Pulse();

    /// <summary>Asks that the first so many batches of a lane be stored or spilled.</summary>
    internal void Ask(int lane, long batches)
    {
        long before = Volatile.Read(ref _asked[lane]);
        while (batches > before)
        {
            long seen = Interlocked.CompareExchange(ref _asked[lane], batches, before);
            if (seen == before)
            {
                break;
            }

            before = seen;
        }

        Wake();
    }

    /// <summary>Runs until stopped.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var work = _work.Next;
                var room = outbox.Drained.Next;
                if (Due() is not { } lane)
                {
                    await work.WaitAsync(stop);
                }
                else if (!lane.TrySpillOldest())
                {
                    // Full, or the disk fails: the shards wait, and nothing is dropped.
                    await Task.WhenAny(room, Task.Delay(s_pause, TimeProvider.System, stop));
                    stop.ThrowIfCancellationRequested();
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The recorder spills what is left by itself.
        }
    }

    private WriteLane? Due()
    {
        bool isAway = false;
        for (int i = 0; i < lanes.Count; i++)
        {
            isAway |= lanes[i].Absence is not null;
            if (!lanes[i].IsSafe(Volatile.Read(ref _asked[i])))
            {
                return lanes[i];
            }
        }

        return lanes.Sum(lane => lane.Waiting) > (isAway ? Math.Min(bound, BoundWhileAway) : bound) ? lanes.MaxBy(lane => lane.Waiting) : null;
    }
}
