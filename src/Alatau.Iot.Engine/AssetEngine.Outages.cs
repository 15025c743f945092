using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>Outages: their steps in all shards, and the census that a judge begins with.</summary>
public sealed partial class AssetEngine
{
    private const int CensusSlice = 4096;

    /// <summary>Gives every shard, behind all that was posted, a step of an outage: the place's shard raises or ends the alarm, each suppresses or lets go its members'.</summary>
    /// <param name="step">What happens.</param>
    /// <param name="release">Completes when it is on disk; if it fails, nothing comes of it.</param>
    /// <param name="done">Completes when all shards have carried it out. Faults with <see cref="InvalidOperationException"/> when it never will be.</param>
    /// <returns>False when a shard had no room; others may have it, and it may be posted again: a second time changes nothing.</returns>
    public bool TryPostOutage(OutageStep step, Task release, out Task done)
    {
        bool all = true;
        var parts = new List<Task>(_shards.Length);
        foreach (var shard in _shards)
        {
            var held = new HeldOutage(step, release);
            all &= shard.TryPost(held);
            parts.Add(held.Task);
        }

        done = all ? Task.WhenAll(parts) : Task.CompletedTask;
        return all;
    }

    /// <summary>The latest sign of every asset that is, or hangs on, a judged place, and the outages that are open; each as of an instant between two messages.</summary>
    /// <param name="take">Called once for each, on the shards' threads, under no lock.</param>
    /// <param name="outage">Called for each open outage: place, start, whether a wider one covers it.</param>
    public Task TakeCensusAsync(Action<AssetHandle, OutageSign> take, Action<AssetHandle, Instant, bool> outage, CancellationToken cancellationToken) => Task.WhenAll(_shards.Select(shard => AskAsync(
        shard,
        new ShardCall<bool>(
            (shard, self) =>
            {
                self.Progress = shard.TakeCensus(self.Progress, CensusSlice, take, outage);
                if (self.Progress < 0)
                {
                    self.Complete(true);
                }

                return self.Progress < 0;
            },
            shard.Inbox.Tail),
        cancellationToken)));
}
