using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Recording;

/// <summary>Whatever the store does, every message is counted once and every row is in it once.</summary>
public sealed class HistoryRecorderProperties
{
    private const int Shards = 3;

#pragma warning disable VSTHRD002 // A property is a synchronous function; no context of ours could deadlock.
    [Fact]
    public void Ledger_AnyUpdatesAndAnyFailures_BalancesAndTheRowsAreThere() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25).WithQuietOnSuccess(true));
#pragma warning restore VSTHRD002

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        using var folder = new TempFolder();
        var assets = new AssetDirectory();
        var measurands = new MeasurandCatalog();
        var handles = Enumerable.Range(0, 9).Select(i =>
        {
            assets.TryRegister(new Asset(AssetId.Of("gate", $"meter-{i}"), "m", AssetKind.Meter), out var handle);
            return handle;
        }).ToArray();
        var ledger = new Ledger();
        byte[] routes = [ledger.Route("mqtt"), ledger.Route("http")];
        var store = new FailingStore(() => new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), folder.Path, assets, measurands), new Random(seed + 1));
        var options = new RecordingOptions { BatchRows = random.Next(1, 60), Batches = 8, WriteRows = random.Next(1, 300), FirstPauseMilliseconds = 1, LongestPauseMilliseconds = 2, IdleAgeMilliseconds = 5, MaximumAgeMilliseconds = 10, PauseRows = 5, DrainMilliseconds = 30_000 };
        bool hasOutbox = random.Next(3) > 0;
        using var outbox = hasOutbox
            ? HistoryOutbox.Open(new OutboxOptions { MemoryBatches = 1, SegmentBytes = 4096, DrainRows = random.Next(1, 300), PatienceMilliseconds = 1 }, folder.Path, "sqlite", assets, measurands, ledger, TimeProvider.System, NullLogger<HistoryOutbox>.Instance)
            : null;
        var recorder = new HistoryRecorder(store, ledger, options, Shards, folder.Path, TimeProvider.System, new Random(seed), NullLogger<HistoryRecorder>.Instance, outbox);
        recorder.Start();
        int messages = random.Next(1, 400);
        var shardSeeds = Enumerable.Range(0, Shards).Select(_ => random.Next()).ToArray();
        var sent = new (int Readings, int Windows, int Transitions)[Shards];
        var threads = Enumerable.Range(0, Shards).Select(shard => new Thread(() => sent[shard] = RunShard(recorder, ledger, routes, shard, handles, messages, new Random(shardSeeds[shard])))).ToList();
        threads.ForEach(thread => thread.Start());
        if (hasOutbox)
        {
            await recorder.MakeDurableAsync(CancellationToken.None);
        }

        threads.ForEach(thread => thread.Join());
        if (hasOutbox || random.Next(2) == 0)
        {
            await recorder.FlushAsync(CancellationToken.None);
        }

        await recorder.DisposeAsync();
        var total = ledger.Total();
        Assert.Equal((Shards * (long)messages, 0L, 0L), (total.Received, total.Waiting, total.Unaccounted));
        await store.Inner.OpenAsync(CancellationToken.None);
        int readings = 0;
        int windows = 0;
        foreach (var handle in handles)
        {
            var id = assets[handle].Id;
            readings += (await store.Inner.ReadSeriesAsync(new SeriesQuery(id, new MeasurandId(0), new Instant(0), Instant.MaxValue, null, 100_000), CancellationToken.None)).Points.Count;
            windows += (await store.Inner.ReadSeriesAsync(new SeriesQuery(id, new MeasurandId(0), new Instant(0), Instant.MaxValue, WindowSpan.OneMinute, 100_000), CancellationToken.None)).Points.Count;
        }

        var transitions = await store.Inner.ReadTransitionsAsync(new TransitionQuery(null, new Instant(0), Instant.MaxValue, 100_000), CancellationToken.None);
        Assert.Equal((sent.Sum(s => s.Readings), sent.Sum(s => s.Windows), sent.Sum(s => s.Transitions)), (readings, windows, transitions.Count));
        await store.DisposeAsync();
    }

    private static (int Readings, int Windows, int Transitions) RunShard(HistoryRecorder recorder, Ledger ledger, byte[] routes, int shard, AssetHandle[] handles, int messages, Random random)
    {
        var update = new AssetUpdate();
        (int readings, int windows, int transitions) = (0, 0, 0);
        for (int i = 0; i < messages; i++)
        {
            var handle = handles[(random.Next(handles.Length / Shards) * Shards) + shard];
            byte route = routes[random.Next(routes.Length)];
            var at = new Instant(1_795_323_600_000 + (i * 60_000L));
            ledger.Received(route);
            update.Reset(handle, at, route, 0);
            update.Message = (MessageOutcome)random.Next(3);
            int rows = update.Message == MessageOutcome.Stored ? random.Next(4) : 0;
            for (int row = 0; row < rows; row++, readings++)
            {
                update.Add(new Reading(at + TimeSpan.FromSeconds(row), row, 0, new MeasurandId(0), Quality.Good, ReadingOrigin.None));
            }

            recorder.OnUpdate(shard, update);
            if (random.Next(5) == 0)
            {
                // A tick: no message, but windows and transitions.
                update.Reset(handle, at, 0, 0);
                update.Add(new WindowUpdate(new MeasurandId(0), Window.Holding(at, WindowSpan.OneMinute), new WindowSummary(1, 1, 1, 1, 1, 0, 1, 0, Quality.Good)));
                update.Add(new AlarmTransition($"{shard}:{i}", AssetId.Of("gate", "meter-0"), "r", "t", AlarmSeverity.Low, AlarmState.Normal, AlarmState.Unacknowledged, at, at, null, "platform", "w"));
                (windows, transitions) = (windows + 1, transitions + 1);
                recorder.OnUpdate(shard, update);
            }

            if (random.Next(10) == 0)
            {
                recorder.OnPause(shard);
            }
        }

        return (readings, windows, transitions);
    }

    /// <summary>The embedded store, failing before or after the write at random, and now and then closed and opened anew.</summary>
    private sealed class FailingStore(Func<IHistoryStore> create, Random random) : IHistoryStore
    {
        public IHistoryStore Inner { get; private set; } = create();

        public string Name => "failing";

        public ValueTask OpenAsync(CancellationToken cancellationToken) => random.Next(3) == 0 ? throw new StoreException("not yet", isTransient: true) : Inner.OpenAsync(cancellationToken);

        public async ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken)
        {
            switch (random.Next(6))
            {
                case 0:
                    throw new StoreException("before", isTransient: random.Next(2) == 0);
                case 1:
                    await Inner.WriteAsync(batch, cancellationToken);
                    throw new StoreException("after", isTransient: true);
                case 2:
                    await Inner.DisposeAsync();
                    Inner = create();
                    await Inner.OpenAsync(cancellationToken);
                    throw new StoreException("restarted", isTransient: true);
                default:
                    return await Inner.WriteAsync(batch, cancellationToken);
            }
        }

        public ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken) => Inner.ReadSeriesAsync(query, cancellationToken);

        public ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken) => Inner.ReadTransitionsAsync(query, cancellationToken);

        public ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken) => Inner.EnforceRetentionAsync(now, cancellationToken);

        public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => Inner.CheckAsync(cancellationToken);

        public ValueTask DisposeAsync() => Inner.DisposeAsync();
    }
}
