using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine.Checkpoints;

namespace Alatau.Iot.Engine;

/// <summary>The shard's part in checkpoints, and its time while it is caught up from the journal.</summary>
#pragma warning disable CA1001 // As in Shard.cs.
internal sealed partial class Shard
#pragma warning restore CA1001
{
    private ShardCheckpoint? _coming;
    private ShardCheckpoint? _checkpoint;
    private IReadOnlyList<(AssetState State, AlarmTransition Last)> _orphans = [];
    private Instant _replayedTo;
    private Instant _restoredAt;
    private bool _isReplaying;

    /// <summary>Messages by route and outcome since the platform was set up.</summary>
    public RouteCounts Totals { get; } = new();

    /// <summary>The present; during a replay the arrival of the newest message replayed.</summary>
    private Instant Now => _isReplaying ? _replayedTo : Instant.Now(_clock);

    /// <summary>Sets a barrier behind all that was posted up to now. Any thread.</summary>
    public void BeginCheckpoint(CheckpointRun run)
    {
        long barrier = Inbox.Tail;
        Inbox.Limit = barrier;
        Volatile.Write(ref _coming, new ShardCheckpoint(run, new AssetStateCodec(_processor), barrier));
        Interlocked.MemoryBarrier();
        if (_ended.Task.IsCompleted)
        {
            AbortCheckpoint();
        }

        _wake.Set();
    }

    /// <summary>Takes the place of an empty shard; only before the start.</summary>
    /// <param name="states">Its assets.</param>
    /// <param name="orphans">Alarms to be closed at the start.</param>
    /// <param name="at">When the checkpoint was taken.</param>
    public void Restore(IReadOnlyCollection<AssetState> states, IReadOnlyList<(AssetState State, AlarmTransition Last)> orphans, Instant at)
    {
        BeginReplay(at);
        _orphans = orphans;
        _restoredAt = at;
        _states = new AssetState?[states.Count == 0 ? 0 : states.Max(s => s.Handle.Index / _count) + 1];
        foreach (var state in states)
        {
            int position = state.Handle.Index / _count;
            _states[position] = state;
            Arm(position, _processor.NextDeadline(state));
        }

        Figures.Assets = states.Count;
    }

    /// <summary>From now on time is that of the messages, not before <paramref name="from"/>; only before the start.</summary>
    public void BeginReplay(Instant from)
    {
        _isReplaying = true;
        _replayedTo = from;

        // What was due at the checkpoint, and had not been judged yet, must come up at the first step of that very tick.
        _wheel = new TimingWheel(TickOf(from) - (_listening is null ? 0 : 1));
    }

    /// <summary>Arrival of the newest message replayed, or when the checkpoint was taken.</summary>
    public Instant ReplayedTo => _replayedTo;

    /// <summary>Nobody could be heard up to <paramref name="at"/>: silence counts from there at the earliest.</summary>
    /// <param name="replayedTo">How far all shards together came: until then the platform listened. Of meaning during a replay only.</param>
    /// <param name="goesLive">Whether a replay ends here, so that time is the clock's from now on.</param>
    public void ListenAgain(Instant replayedTo, Instant at, bool goesLive)
    {
        if (_isReplaying)
        {
            FollowReplay(replayedTo);
            _replayedTo = Instant.Max(_replayedTo, at);
            _isReplaying = !goesLive;
        }

        for (int position = 0; position < _states.Length; position++)
        {
            if (_states[position] is { } state)
            {
                _checkpoint?.BeforeChange(position, state);
                AssetProcessor.Rearm(state, at);
            }
        }

        ForgetDue();
        AdvanceWheel();
    }

    /// <summary>During a replay: the platform listened up to <paramref name="at"/>.</summary>
    public void FollowReplay(Instant at)
    {
        if (_isReplaying && at > _replayedTo)
        {
            _replayedTo = at;
            AdvanceWheel();
        }
    }

    private void CloseOrphans()
    {
        foreach (var (state, last) in _orphans)
        {
            Deliver(_processor.Close(state, last, _restoredAt));
        }

        _orphans = [];
    }

    /// <returns>True when there is more to do right now.</returns>
    private bool StepCheckpoint()
    {
        if (_checkpoint is { } current)
        {
            if (current.Step(_states, out bool isWaiting))
            {
                // The next one may wait already.
                _checkpoint = null;
            }

            return !isWaiting;
        }

        if (Volatile.Read(ref _coming) is not { } coming || Inbox.Head < coming.Barrier)
        {
            return false;
        }

        _coming = null;
        _checkpoint = coming;
        Pause();
        coming.Begin(_states.Length, Totals.Copy());
        Inbox.Limit = long.MaxValue;
        return true;
    }

    private void AbortCheckpoint()
    {
        Interlocked.Exchange(ref _coming, null)?.Abort(Gone());
        Interlocked.Exchange(ref _checkpoint, null)?.Abort(Gone());
    }

    private static InvalidOperationException Gone() => new("The asset runtime has stopped.");
}
