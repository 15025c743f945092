using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Storage.Outbox;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>Gathers what assets brought about into batches, has the store write them, and tells the ledger when they are stored.</summary>
/// <remarks>
/// Each shard fills a batch of its own. Batches are bounded in number. When more wait for the store than the outbox's options allow, the oldest are spilled to disk; when the store answers again
/// they follow beside the live ones, which go first. When none is free, the outbox being full, <see cref="OnUpdate"/> blocks its shard until one is, and nothing is dropped. Writes that fail are tried again for ever, with a growing, jittered pause; <see cref="Absence"/> says so meanwhile.
/// </remarks>
public sealed partial class HistoryRecorder : IAssetUpdateSink, IAsyncDisposable
{
    private readonly IHistoryStore _store;
    private readonly Ledger _ledger;
    private readonly RecordingOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly BatchPool _pool;
    private readonly WriteLane[] _lanes;
    private readonly ShardBuffer[] _shards;
    private readonly RejectedLog _rejectedLog;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeSpan _idleAge;
    private readonly TimeSpan _maximumAge;
    private ITimer? _timer;
    private readonly CancellationTokenSource _beside = new();
    private Task _writing = Task.CompletedTask;
    private Task _following = Task.CompletedTask;
    private Task? _running;
    private long _unrecorded;

    /// <param name="store">Where history goes; opened by <see cref="Start"/> if it isn't yet. Not disposed here.</param>
    /// <param name="ledger">Told of every message that is stored, a duplicate, or quarantined by its asset.</param>
    /// <param name="options">Sizes and pauses.</param>
    /// <param name="shardCount">Shards that call.</param>
    /// <param name="dataFolder">Where <c>rejected.log</c> is written.</param>
    /// <param name="time">Ages of batches and pauses.</param>
    /// <param name="random">Jitter of the pauses; used during the call only.</param>
    /// <param name="logger">Absences, returns and refused rows.</param>
    /// <param name="outbox">Where batches wait while the store is away; null for memory only: then the shards wait. Not disposed here.</param>
    public HistoryRecorder(
        IHistoryStore store, Ledger ledger, RecordingOptions options, int shardCount, string dataFolder, TimeProvider time, Random random, ILogger<HistoryRecorder> logger, HistoryOutbox? outbox = null)
    {
        _outbox = outbox;
        (_store, _ledger, _options, _time, _logger) = (store, ledger, options, time, logger);
        (_idleAge, _maximumAge) = (TimeSpan.FromMilliseconds(options.IdleAgeMilliseconds), TimeSpan.FromMilliseconds(options.MaximumAgeMilliseconds));
        _pool = new BatchPool(Math.Max(options.Batches, shardCount * 2));
        _rejectedLog = new RejectedLog(Path.Combine(Path.GetFullPath(dataFolder), "rejected.log"), options.RejectedLogBytes);
        _lanes = [.. Enumerable.Range(0, Math.Min(shardCount, store.ParallelWrites)).Select(_ => new WriteLane(store, _pool, ledger, options, outbox, _rejectedLog, time, new Random(random.Next()), logger))];
        if (outbox is not null)
        {
            _drain = new OutboxDrain(store, outbox, _lanes, ledger, options, _rejectedLog, time, new Random(random.Next()), logger);
            _spiller = new Spiller(outbox, _lanes, Math.Clamp(outbox.Options.MemoryBatches, 1, Math.Max(1, _pool.Capacity - shardCount - 1)));
        }

        _shards = [.. Enumerable.Range(0, shardCount).Select(shard => new ShardBuffer(_lanes[shard % _lanes.Length]))];
    }

    /// <summary>Whether the store can't be written at present.</summary>
    public bool IsAway => Absence is not null;

    /// <summary>Since when and why the store can't be written; null while it can.</summary>
    public StoreAbsence? Absence => Longest([.. _lanes.Select(lane => lane.Absence), _drain?.Absence]);

    /// <summary>Rows stored since the start, retried ones counted once.</summary>
    public long RowsStored => _lanes.Sum(lane => lane.Rows) + (_drain?.Rows ?? 0);

    /// <summary>Rows the store refused for good; they are in <c>rejected.log</c>.</summary>
    public long RowsRejected => _lanes.Sum(lane => lane.Rejected) + (_drain?.Rejected ?? 0);

    /// <summary>Writes that succeeded.</summary>
    public long Writes => _lanes.Sum(lane => lane.Writes) + (_drain?.Writes ?? 0);

    /// <summary>Tries that failed.</summary>
    public long Failures => _lanes.Sum(lane => lane.Failures) + (_drain?.Failures ?? 0);

    /// <summary>Rows that came after the stop and were not recorded.</summary>
    public long RowsUnrecorded => Interlocked.Read(ref _unrecorded);

    /// <summary>Batches there may be.</summary>
    public int Batches => _pool.Capacity;

    /// <summary>Batches filling or waiting now.</summary>
    public int BatchesInUse => _pool.Capacity - _pool.Free;

    /// <summary>How often a shard had to wait for a batch: back-pressure.</summary>
    public long ShardWaits => _pool.Waits;

    /// <summary>For how long shards have waited, all together.</summary>
    public TimeSpan ShardWaitTime => _pool.WaitTime;

    /// <summary>Completes when the writing has ended; faults when it ended by a fault of the platform, at which the host must stop.</summary>
    public Task Completion => _running ?? Task.CompletedTask;

    /// <summary>Opens the store and begins to write. A store that can't be opened yet is tried again, as a write would be.</summary>
    public void Start()
    {
        if (_running is not null)
        {
            return;
        }

        Task[] lanes = [.. _lanes.Select(lane => Task.Run(() => lane.RunAsync(_stop.Token)))];
        Task[] beside = _outbox is null ? [] : [Task.Run(() => _drain!.RunAsync(_beside.Token)), Task.Run(() => _spiller!.RunAsync(_beside.Token))];
        (_writing, _following) = (Task.WhenAll(lanes), Task.WhenAll(beside));
        _running = AllOrFirstFaultAsync([.. lanes, .. beside]);
        _timer = _time.CreateTimer(_ => Sweep(), null, _idleAge, _idleAge);
    }

    public void OnUpdate(int shard, AssetUpdate update)
    {
        switch (update.Message)
        {
            case MessageOutcome.Duplicate:
                _ledger.Duplicate(update.Route);
                break;
            case MessageOutcome.Quarantined:
                _ledger.Quarantined(update.Route);
                break;
            default:
                break;
        }

        int rows = update.Readings.Length + update.Windows.Length + update.Transitions.Count;
        if (rows == 0 && update.Message is not MessageOutcome.Stored)
        {
            return;
        }

        var buffer = _shards[shard];
        lock (buffer.Gate)
        {
            if (buffer.Open is { } open)
            {
                Fill(buffer, open, update);
                return;
            }
        }

        // Waits outside the gate. Only this thread opens, so that the buffer is still empty afterwards.
        if (_pool.Take(_stop.Token) is not { } batch)
        {
            Interlocked.Add(ref _unrecorded, rows);
            return;
        }

        lock (buffer.Gate)
        {
            buffer.Begin(batch, _time.GetTimestamp());
            Fill(buffer, batch, update);
        }
    }

    public void OnPause(int shard)
    {
        var buffer = _shards[shard];
        lock (buffer.Gate)
        {
            HandOverIfDue(buffer, isPause: true);
        }
    }

    /// <summary>Stores what was gathered, within <see cref="RecordingOptions.DrainMilliseconds"/>, then stops; what the store didn't take by then is left in the outbox. The shards must rest.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.MaxValue);

    /// <summary>As <see cref="DisposeAsync"/>, within <paramref name="atMost"/> if that is shorter.</summary>
    public async Task StopAsync(TimeSpan atMost)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        if (_timer is { } timer)
        {
            await timer.DisposeAsync();
        }

        HandOverAll();
        foreach (var lane in _lanes)
        {
            lane.Complete();
        }

        // Its fault, if any, is the host's to see in Completion.
        await _beside.CancelAsync();
        var ended = _writing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var bound = TimeSpan.FromMilliseconds(_options.DrainMilliseconds);
        bound = atMost >= bound ? bound : atMost > TimeSpan.Zero ? atMost : TimeSpan.Zero;
        try
        {
            await ended.WaitAsync(_outbox is not null && IsAway ? TimeSpan.Zero : bound, _time);
        }
        catch (TimeoutException) when (_outbox is not null && TrySpillAll())
        {
            RecorderLog.LeftInOutbox(_logger, _store.Name);
        }
        catch (TimeoutException)
        {
            RecorderLog.LeftBehind(_logger, _store.Name, _lanes.Sum(lane => lane.RowsWaiting), bound);
        }
        finally
        {
            await _stop.CancelAsync();
        }

        await ended;
        await _following.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _beside.Dispose();
        foreach (var lane in _lanes)
        {
            lane.Dispose();
        }
    }

    private void Fill(ShardBuffer buffer, HistoryBatch batch, AssetUpdate update)
    {
        ShardBuffer.Fill(batch, update);
        if (batch.Count >= _options.BatchRows)
        {
            buffer.HandOver();
            _spiller?.Wake();
        }
    }

    private void HandOverIfDue(ShardBuffer buffer, bool isPause)
    {
        if (buffer.Open is not { } open)
        {
            return;
        }

        var age = _time.GetElapsedTime(buffer.OpenedAt);
        if (age >= _maximumAge || (buffer.Lane.IsIdle && (age >= _idleAge || (isPause && open.Count >= _options.PauseRows))))
        {
            buffer.HandOver();
        }
    }

    private void Sweep()
    {
        foreach (var buffer in _shards)
        {
            lock (buffer.Gate)
            {
                HandOverIfDue(buffer, isPause: false);
            }
        }

        _spiller?.Wake();
    }

    private void HandOverAll()
    {
        foreach (var buffer in _shards)
        {
            lock (buffer.Gate)
            {
                buffer.HandOver();
            }
        }
    }
}
