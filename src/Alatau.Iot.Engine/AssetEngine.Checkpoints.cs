using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;

namespace Alatau.Iot.Engine;

/// <summary>Checkpoints of all shards, and the way back from one.</summary>
public sealed partial class AssetEngine
{
    private CheckpointRun? _run;
    private bool _isRestored;

    /// <summary>Messages by route and outcome since the platform was set up: what a checkpoint knew, and what was processed since.</summary>
    public IReadOnlyList<RouteTotals> Totals => RouteCounts.Sum([.. _shards.Select(s => s.Totals)]);

    /// <summary>Sets a barrier behind everything posted up to now, in every shard, before it returns; the states as of the barrier are then written while messages flow.</summary>
    /// <param name="temporaryFile">Made anew; without its trailer it is never taken for a checkpoint, and its final name is the caller's to give.</param>
    /// <param name="position">Journal position of the last message posted; nobody posts during the call.</param>
    /// <param name="routes">Names of the routes by index, so that their totals are found again.</param>
    /// <param name="memory">What others remember as of the position, in pieces of at most 128 MiB; asked for on a thread of the pool when the states are written. Null for nothing.</param>
    /// <returns>
    /// Completes when the file is complete and synced; all outputs of messages up to the position have been handed to the sinks by then. Faults with <see cref="IOException"/> or
    /// <see cref="UnauthorizedAccessException"/> when the file can't be written, with <see cref="InvalidOperationException"/> when the engine ends meanwhile. The engine works on in any case.
    /// </returns>
    /// <exception cref="InvalidOperationException">A checkpoint is being taken already, or the engine hasn't been started or has ended.</exception>
    public Task<CheckpointResult> BeginCheckpoint(string temporaryFile, long position, IReadOnlyList<string> routes, IEnumerable<byte[]>? memory = null)
    {
        if (_started == 0 || _completion.Task.IsCompleted)
        {
            throw new InvalidOperationException("The asset runtime isn't running.");
        }

        var run = new CheckpointRun(temporaryFile, position, Instant.Now(_clock), routes, memory ?? [], _shards.Length, WakeAll);
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
        {
            throw new InvalidOperationException("A checkpoint is being taken already.");
        }

        foreach (var shard in _shards)
        {
            shard.BeginCheckpoint(run);
        }

        return FinishAsync(run);
    }

    /// <summary>Puts the engine where a checkpoint was taken; once, before <see cref="Start"/>, on an engine nothing was posted to. It then stands in replay until <see cref="GoLiveAsync(Instant, CancellationToken)"/>.</summary>
    /// <param name="routeOf">Index of a route by its name, and the index it had.</param>
    /// <returns>With any verdict but <see cref="RestoreVerdict.Restored"/> the engine is as it was.</returns>
    /// <exception cref="InvalidOperationException">The engine has been started or restored.</exception>
    public RestoreResult Restore(string file, Func<string, byte, byte> routeOf)
    {
        ThrowIfStarted();
        var states = new List<AssetState>[_shards.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = [];
        }

        // Sites are numbered by each shard's own processor, so each state is made by one and then told its site by the shard's.
        var reader = new CheckpointReader(new AssetStateCodec(_shards[0].Processor), routeOf);
        var result = reader.Read(file, state => states[state.Handle.Index % _shards.Length].Add(state));
        if (result.Verdict != RestoreVerdict.Restored)
        {
            return result;
        }

        for (int i = 0; i < _shards.Length; i++)
        {
            var shard = _shards[i];
            foreach (var state in states[i])
            {
                shard.Processor.Adopt(state);
            }

            shard.Restore(states[i], [.. reader.Orphans.Where(o => ShardOf(o.State.Handle) == shard)], result.TakenAt);
        }

        _isRestored = true;
        foreach (var totals in result.Totals)
        {
            _shards[0].Totals.Add(totals);
        }

        return result;
    }

    /// <summary>Without a checkpoint: time is that of the replayed messages until <see cref="GoLiveAsync(Instant, CancellationToken)"/>. Before <see cref="Start"/>; <see cref="Restore"/> implies it.</summary>
    /// <exception cref="InvalidOperationException">The engine has been started.</exception>
    public void BeginReplay()
    {
        ThrowIfStarted();
        foreach (var shard in _shards)
        {
            shard.BeginReplay(new Instant(0));
        }
    }

    /// <summary>Completes when all that was posted has been processed and the shards follow the clock again. Nothing is silent before it had its full time from here.</summary>
    public Task GoLiveAsync(CancellationToken cancellationToken) => GoLiveAsync(Instant.Now(_clock), cancellationToken);

    /// <inheritdoc cref="GoLiveAsync(CancellationToken)"/>
    /// <param name="at">From when on the platform listens.</param>
    public async Task GoLiveAsync(Instant at, CancellationToken cancellationToken)
    {
        var replayedTo = await AskAllAsync(static shard => shard.ReplayedTo, cancellationToken);
        var last = replayedTo.Max();
        await AskAllAsync(
            shard =>
            {
                shard.ListenAgain(last, at, goesLive: true);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Closes an alarm that a store or a subscriber still shows as open: its step to normal reaches the sinks. Nothing happens when the asset has that very alarm.</summary>
    /// <param name="last">The alarm's latest step, as it is shown.</param>
    /// <returns>Whether it was closed.</returns>
    public Task<bool> CloseForgottenAsync(AlarmTransition last, AssetHandle asset, Instant at, CancellationToken cancellationToken) => AskAsync(
        ShardOf(asset),
        new ShardCall<bool>((shard, self) =>
        {
            self.Complete(shard.CloseForgotten(asset, last, at));
            return true;
        }),
        cancellationToken);

    /// <summary>Whether every shard has room for a step or a batch.</summary>
    public bool HasRoomEverywhere => _shards.All(s => s.HasRoomToPost);

    /// <summary>Gives every shard, behind all that was posted, the word that the platform listened up to <paramref name="at"/>: alarms that time alone moves move there.</summary>
    /// <param name="isStart">Instead: that it could listen to nobody before; silence counts from there at the earliest.</param>
    /// <param name="release">Completes when it is on disk; if it fails, nothing comes of it.</param>
    /// <returns>False when a shard had no room; others may have it, and it may be posted again.</returns>
    public bool TryPostTime(Instant at, bool isStart, Task release)
    {
        bool all = true;
        foreach (var shard in _shards)
        {
            all &= shard.TryPost(new HeldTime(at, isStart, release));
        }

        return all;
    }

    private Task<T[]> AskAllAsync<T>(Func<Shard, T> ask, CancellationToken cancellationToken) => Task.WhenAll(_shards.Select(shard => AskAsync(
        shard,
        new ShardCall<T>(
            (shard, self) =>
            {
                self.Complete(ask(shard));
                return true;
            },
            shard.Inbox.Tail),
        cancellationToken)));

    private async Task<CheckpointResult> FinishAsync(CheckpointRun run)
    {
        try
        {
            return await run.Start(new AssetStateCodec(_shards[0].Processor));
        }
        finally
        {
            Volatile.Write(ref _run, null);
        }
    }

    private void ThrowIfStarted()
    {
        if (_started != 0 || _isRestored)
        {
            throw new InvalidOperationException("The asset runtime has been started or restored already.");
        }
    }

    private void WakeAll()
    {
        foreach (var shard in _shards)
        {
            shard.Wake();
        }
    }
}
