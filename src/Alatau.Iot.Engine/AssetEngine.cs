using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Engine;

/// <summary>The asset runtime of one machine: shards, each a thread that owns every n-th asset. Any thread may call it.</summary>
/// <remarks>
/// Batches may be posted before <see cref="Start"/>; they wait in the inboxes. Snapshots and commands are answered between two messages, ahead of batches that still wait in the inbox;
/// <see cref="DrainAsync"/> first makes them see everything posted. A shard that dies faults <see cref="Completion"/> and ends the others: the host stops.
/// </remarks>
public sealed partial class AssetEngine : IAssetRuntime, IWindowCorrections, IMetricSource, IReadinessCheck, IAsyncDisposable
{
    private const int SnapshotsAStep = 256;

    private readonly Shard[] _shards;
    private readonly TimeProvider _clock;
    private readonly TotalsBoard _totals;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _ticker;
    private int _started;
    private int _alive;

    /// <param name="sites">Sites of the fleet, for time zones and totals.</param>
    /// <param name="sinks">Called in this order for each update.</param>
    /// <param name="listening">Asked before time alone raises or moves an alarm; null for a platform without a journal.</param>
    /// <param name="outages">Places judged for outages; null for none.</param>
    public AssetEngine(
        MeasurandCatalog catalog,
        AssetDirectory directory,
        AlarmRuleSet rules,
        IReadOnlyList<Site> sites,
        ProcessorOptions processing,
        EngineOptions options,
        IEnumerable<IAssetUpdateSink> sinks,
        TimeProvider clock,
        IListeningLog? listening = null,
        OutageMap? outages = null)
    {
        _clock = clock;
        int count = options.Shards > 0 ? options.Shards : Environment.ProcessorCount;
        IAssetUpdateSink[] all = [.. sinks];
        _shards = new Shard[count];
        for (int i = 0; i < count; i++)
        {
            var processor = new AssetProcessor(catalog, directory, rules, processing, sites, outages);
            _shards[i] = new Shard(i, count, processor, new SiteTally(processor, catalog), all, clock, options.InboxBytes, listening, outages ?? OutageMap.Empty);
        }

        _alive = count;
        _totals = new TotalsBoard(_shards, directory, sites, clock);
    }

    public int ShardCount => _shards.Length;

    /// <summary>What each shard has done, by its index.</summary>
    public IReadOnlyList<ShardFigures> Figures => [.. _shards.Select(s => s.Figures)];

    /// <summary>Completes when all shards have ended after a stop; faulted as soon as one has died.</summary>
    public Task Completion => _completion.Task;

    string IReadinessCheck.Name => "engine";

    /// <summary>Starts the shards' threads; a second call does nothing.</summary>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            return;
        }

        foreach (var shard in _shards)
        {
            _ = shard.Ended.ContinueWith(OnEnded, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            shard.Start();
        }

        var period = TimeSpan.FromMilliseconds(Shard.TickMilliseconds);
        _ticker = _clock.CreateTimer(
            static shards =>
            {
                foreach (var shard in (Shard[])shards!)
                {
                    shard.Wake();
                }
            },
            _shards,
            period,
            period);
    }

    public bool TryPost(in ReadingBatch batch) => ShardOf(batch.Asset).TryPost(in batch);

    public bool HasRoom(AssetHandle asset) => ShardOf(asset).HasRoomToPost;

    public ValueTask WaitForRoomAsync(AssetHandle asset, CancellationToken cancellationToken) => new(ShardOf(asset).WaitForRoomAsync(cancellationToken));

    public async ValueTask<AssetSnapshot?> GetAsync(AssetHandle asset, CancellationToken cancellationToken)
    {
        var call = new ShardCall<AssetSnapshot?>((shard, self) =>
        {
            self.Complete(shard.Find(asset) is { } state ? shard.Processor.Snapshot(state) : null);
            return true;
        });
        return await AskAsync(ShardOf(asset), call, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<AssetSnapshot>> GetManyAsync(IReadOnlyList<AssetHandle> assets, CancellationToken cancellationToken)
    {
        var found = new AssetSnapshot?[assets.Count];
        var calls = new List<Task<bool>>();
        foreach (var group in Enumerable.Range(0, assets.Count).GroupBy(i => assets[i].Index % _shards.Length))
        {
            int[] positions = [.. group];
            var call = new ShardCall<bool>((shard, self) =>
            {
                for (int steps = 0; steps < SnapshotsAStep && self.Progress < positions.Length; steps++)
                {
                    int position = positions[self.Progress++];
                    found[position] = shard.Find(assets[position]) is { } state ? shard.Processor.Snapshot(state) : null;
                }

                if (self.Progress == positions.Length)
                {
                    self.Complete(true);
                }

                return self.Progress == positions.Length;
            });
            calls.Add(AskAsync(_shards[group.Key], call, cancellationToken));
        }

        await Task.WhenAll(calls);
        return [.. found.OfType<AssetSnapshot>()];
    }

    public ValueTask<IReadOnlyList<SiteTotals>> GetTotalsAsync(CancellationToken cancellationToken) => new(_totals.GetAsync(cancellationToken));

    public async ValueTask<AlarmCommandResult> SendAsync(AlarmCommand command, CancellationToken cancellationToken)
    {
        var call = new ShardCall<AlarmCommandResult>((shard, self) =>
        {
            self.Complete(shard.Carry(command));
            return true;
        });
        return await AskAsync(ShardOf(command.Asset), call, cancellationToken);
    }

    public async ValueTask CorrectAsync(AssetHandle asset, ReadOnlyMemory<WindowCorrection> corrections, CancellationToken cancellationToken)
    {
        var call = new ShardCall<bool>((shard, self) =>
        {
            shard.Correct(asset, corrections.Span);
            self.Complete(true);
            return true;
        });
        await AskAsync(ShardOf(asset), call, cancellationToken);
    }

    /// <summary>Gives a person's request its place behind all that was posted to the asset's shard. Nothing posted later to that shard is taken before it, so that a journal finds the same order again.</summary>
    /// <param name="release">Completes when it may be carried out: when it is on disk. The shard goes on with time meanwhile, and with nothing else; if the task fails, the request is never carried out.</param>
    /// <param name="done">What became of it. Faults with <see cref="InvalidOperationException"/> when the engine ends before.</param>
    /// <returns>False when there is no room: wait with <see cref="WaitForRoomAsync"/>.</returns>
    public bool TryPost(AlarmCommand command, Task release, out Task<AlarmCommandResult> done) => PostCommand(new HeldCommand(command, release), ShardOf(command.Asset), out done);

    public async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        var calls = _shards.Select(shard => AskAsync(
            shard,
            new ShardCall<bool>(
                static (shard, self) =>
                {
                    shard.Settle();
                    self.Complete(true);
                    return true;
                },
                shard.Inbox.Tail),
            cancellationToken));
        await Task.WhenAll(calls);
    }

    /// <summary>Refuses new batches, processes all that was taken, and ends the shards.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _completion.TrySetResult();
            foreach (var shard in _shards)
            {
                shard.Abandon();
            }
        }

        if (_ticker is { } ticker)
        {
            await ticker.DisposeAsync();
        }

        foreach (var shard in _shards)
        {
            shard.Stop();
        }

        await _completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>As <see cref="StopAsync"/>; a shard's death is seen through <see cref="Completion"/>, not here.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void WriteMetrics(IMetricWriter writer)
    {
        for (int i = 0; i < _shards.Length; i++)
        {
            string shard = i.ToString(System.Globalization.CultureInfo.InvariantCulture);
            var figures = _shards[i].Figures;
            writer.Counter("shard_batches", "Batches processed by a shard.", figures.Batches, ("shard", shard));
            writer.Gauge("shard_inbox_bytes", "Bytes of batches that wait in a shard's inbox.", _shards[i].Inbox.Used, ("shard", shard));
            writer.Gauge("shard_inbox_capacity_bytes", "Size of a shard's inbox.", _shards[i].Inbox.Capacity, ("shard", shard));
            writer.Gauge("shard_deadlines", "Deadlines in a shard's timing wheel.", figures.Deadlines, ("shard", shard));
            writer.Gauge("shard_assets", "Assets of a shard that have had a message.", figures.Assets, ("shard", shard));
        }

        foreach (var outcome in Enum.GetValues<ReadingOutcome>())
        {
            string name = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
            writer.Counter("readings", "Readings by what became of them.", _shards.Sum(s => (double)s.Figures.Readings(outcome)), ("outcome", name));
        }
    }

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
        _completion.Task switch
        {
            { IsFaulted: true } task => $"A shard died: {task.Exception.InnerException?.Message}. Restart the platform and report the log.",
            { IsCompleted: true } => "The asset runtime has stopped.",
            _ => _started == 0 ? "The asset runtime has not been started yet." : null,
        });

    private static bool PostCommand(HeldCommand held, Shard shard, out Task<AlarmCommandResult> done)
    {
        done = held.Task;
        return shard.TryPost(held);
    }

    private static Task<T> AskAsync<T>(Shard shard, ShardCall<T> call, CancellationToken cancellationToken)
    {
        shard.Enqueue(call);
        return call.Task.WaitAsync(cancellationToken);
    }

    private Shard ShardOf(AssetHandle asset) => _shards[asset.Index % _shards.Length];

    private void OnEnded(Task ended)
    {
        if (ended.Exception is { } fault)
        {
            _completion.TrySetException(fault.InnerExceptions);
            foreach (var shard in _shards)
            {
                shard.Stop();
            }
        }

        if (Interlocked.Decrement(ref _alive) == 0)
        {
            _completion.TrySetResult();
        }
    }
}
