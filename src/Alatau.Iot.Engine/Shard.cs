using System.Collections.Concurrent;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Engine;

/// <summary>One thread with the assets it owns, their inbox and their deadlines. Everything private here belongs to that thread; other threads post, call and look at the figures.</summary>
/// <remarks>
/// When the inbox runs empty after a busy run the shard naps for a millisecond instead of asking to be woken, so that a fast publisher pays for no wake-up; after a quiet run it sleeps until woken.
/// Deadlines are re-armed lazily: a message never moves the entry in the wheel, the shard looks at the real deadline when the entry comes up.
/// </remarks>
#pragma warning disable CA1001 // The wake-up handle is not disposed: threads that post late may still signal it; it goes with the shard.
internal sealed partial class Shard : IInboxReader
#pragma warning restore CA1001
{
    /// <summary>Resolution of deadlines.</summary>
    public const int TickMilliseconds = 100;

    private const int RunLength = 256;
    private const int BusyRun = 32;
    private const int NapMilliseconds = 1;
    private static readonly TimeSpan s_longestWithoutPause = TimeSpan.FromMilliseconds(100);

    private readonly int _index;
    private readonly int _count;
    private readonly AssetProcessor _processor;
    private readonly IAssetUpdateSink[] _sinks;
    private readonly TimeProvider _clock;
    private readonly IListeningLog? _listening;
    private TimingWheel _wheel;
    private readonly List<int> _expired = [];
    private readonly ConcurrentQueue<ShardCall> _calls = new();
    private readonly List<ShardCall> _pending = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AssetState?[] _states = [];
    private volatile bool _stopping;
    private volatile bool _isSleeping;
    private long _pausedAt;

    public Shard(int index, int count, AssetProcessor processor, SiteTally tally, IAssetUpdateSink[] sinks, TimeProvider clock, int inboxBytes, IListeningLog? listening, OutageMap outages)
    {
        (_index, _count, _processor, Tally, _sinks, _clock, _listening, _outages) = (index, count, processor, tally, sinks, clock, listening, outages);
        Inbox = new ShardInbox(inboxBytes);
        _wheel = new TimingWheel(TickOf(Instant.Now(clock)));
    }

    public ShardInbox Inbox { get; }

    public ShardFigures Figures { get; } = new();

    public SiteTally Tally { get; }

    public AssetProcessor Processor => _processor;

    /// <summary>States by position in the shard; null for an asset that never had a message.</summary>
    public ReadOnlySpan<AssetState?> States => _states;

    /// <summary>Completes when the thread has ended; faulted when it died.</summary>
    public Task Ended => _ended.Task;

    public void Start() => new Thread(Run) { IsBackground = true, Name = $"shard {_index}" }.Start();

    /// <summary>Refuses new batches, takes what is in the inbox, and ends the thread.</summary>
    public void Stop()
    {
        Inbox.Close();
        _stopping = true;
        _wake.Set();
    }

    /// <summary>Ends a shard that was never started.</summary>
    public void Abandon()
    {
        _ended.TrySetResult();
        FailQueued();
        Inbox.FailHeld(Gone());
    }

    public void Wake() => _wake.Set();

    public void Enqueue(ShardCall call)
    {
        _calls.Enqueue(call);
        if (_ended.Task.IsCompleted)
        {
            FailQueued();
        }

        _wake.Set();
    }

    /// <summary>With more assets than the caches hold, every state would be waited for; asked for together, sixteen come in the time of one.</summary>
    public void OnAhead(ReadOnlySpan<AssetHandle> assets)
    {
        if (assets.Length < 2)
        {
            return;
        }

        foreach (var asset in assets)
        {
            Find(asset)?.Preload();
        }

        foreach (var asset in assets)
        {
            Find(asset)?.PreloadSlots();
        }
    }

    public void OnBatch(in ReadingBatch batch)
    {
        FollowReplay(batch.ReceivedAt);
        int position = batch.Asset.Index / _count;
        var state = Hold(batch.Asset, position);
        var update = _processor.Apply(state, in batch);
        Figures.Batches++;
        Figures.Count(update);
        if (batch.Route == Ledger.Apart)
        {
            update.Message = null;
        }
        else
        {
            Totals.Count(update, update.Message.GetValueOrDefault());
        }

        Publish(update);
        Arm(position, update.NextDeadline);
    }

    /// <summary>State of an asset of this shard; null when it never had a message.</summary>
    public AssetState? Find(AssetHandle asset)
    {
        int position = asset.Index / _count;
        return position < _states.Length ? _states[position] : null;
    }

    /// <summary>Hands an update on and arms its deadline; for calls that change an asset.</summary>
    public void Deliver(AssetUpdate update)
    {
        Publish(update);
        Arm(update.Asset.Index / _count, update.NextDeadline);
    }

    /// <summary>Lets time act up to the present, and hands on what was gathered.</summary>
    public void Settle()
    {
        AdvanceWheel();
        Pause();
    }

    private static long TickOf(Instant instant) => instant.UnixMilliseconds / TickMilliseconds;

    private void Run()
    {
        try
        {
            CloseOrphans();
            int sinceSleep = 0;
            while (true)
            {
                int taken = Inbox.Take(this, RunLength);
                sinceSleep += taken;
                if (taken > 0)
                {
                    ReleaseWaiters();
                }

                AdvanceWheel();
                bool callsWait = RunCalls() | StepCheckpoint();
                if (taken > 0)
                {
                    if (_clock.GetElapsedTime(_pausedAt) >= s_longestWithoutPause)
                    {
                        Pause();
                    }

                    continue;
                }

                Pause();
                if (_stopping && Inbox.Head == Inbox.Tail)
                {
                    break;
                }

                if (!callsWait)
                {
                    Rest(isBusy: sinceSleep >= BusyRun);
                    sinceSleep = 0;
                }
            }

            _ended.TrySetResult();
        }
#pragma warning disable CA1031 // Whatever ends the loop is carried to the host through Ended, which stops it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Inbox.Close();
            _ended.TrySetException(e);
        }

        FailQueued();
        Inbox.FailHeld(Gone());
        foreach (var call in _pending)
        {
            call.Fail(Gone());
        }

        Interlocked.Exchange(ref _room, null)?.TrySetException(Gone());
    }

    private void Rest(bool isBusy)
    {
        if (_stopping)
        {
            // A writer is between claim and commit: it needs the processor, not a nap of ours.
            Thread.Yield();
            return;
        }

        if (isBusy || Inbox.IsHeld)
        {
            _wake.WaitOne(NapMilliseconds);
            return;
        }

        _isSleeping = true;
        Interlocked.MemoryBarrier();
        if (Inbox.Head == Inbox.Tail && _calls.IsEmpty && !_stopping)
        {
            _wake.WaitOne();
        }

        _isSleeping = false;
    }

    private void Arm(int position, Instant deadline)
    {
        if (deadline < Instant.MaxValue)
        {
            _wheel.Arm(position, TickOf(deadline) + 1);
        }
    }

    private void Publish(AssetUpdate update)
    {
        if (update.Message is null && update.Readings.IsEmpty && update.Windows.IsEmpty && update.Transitions.Count == 0 && update.Sign.Kind == OutageSignKind.None)
        {
            return;
        }

        foreach (var sink in _sinks)
        {
            sink.OnUpdate(_index, update);
        }
    }

    private void Pause()
    {
        _pausedAt = _clock.GetTimestamp();
        foreach (var sink in _sinks)
        {
            sink.OnPause(_index);
        }
    }

    /// <returns>True when a call has more to do right now.</returns>
    private bool RunCalls()
    {
        while (_calls.TryDequeue(out var call))
        {
            _pending.Add(call);
        }

        bool more = false;
        for (int i = 0; i < _pending.Count; i++)
        {
            var call = _pending[i];
            if (Inbox.Head < call.NotBefore)
            {
                more = true;
            }
            else if (call.Step(this))
            {
                _pending.RemoveAt(i--);
            }
            else
            {
                more = true;
            }
        }

        return more;
    }

    private void FailQueued()
    {
        while (_calls.TryDequeue(out var call))
        {
            call.Fail(Gone());
        }

        AbortCheckpoint();
    }
}
