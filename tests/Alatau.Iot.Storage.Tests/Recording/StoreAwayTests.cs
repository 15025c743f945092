using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Recording;

/// <summary>What becomes of history while the store is away: it waits on disk, memory stays bounded, and all of it is stored once afterwards.</summary>
public sealed class StoreAwayTests : IAsyncDisposable
{
    private static readonly Instant s_start = new(1_795_323_600_000);

    private readonly TempFolder _folder = new();
    private readonly AssetDirectory _assets = new();
    private readonly MeasurandCatalog _measurands = new();
    private readonly UnsteadyStore _store = new();
    private readonly AssetUpdate _update = new();
    private readonly List<IAsyncDisposable> _recorders = [];
    private readonly List<HistoryOutbox> _outboxes = [];
    private Ledger _ledger = new();
    private byte _route;
    private int _next;
    private readonly AssetHandle _meter;
    private volatile bool _isAway;

    public StoreAwayTests()
    {
        _route = _ledger.Route("mqtt");
        _assets.TryRegister(new Asset(AssetId.Of("gate", "meter-1"), "m", AssetKind.Meter), out _meter);
        _store.Before = (_, _) => _isAway ? throw new StoreException("away: start it", isTransient: true) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var recorder in _recorders)
        {
            await recorder.DisposeAsync();
        }

        _outboxes.ForEach(outbox => outbox.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task StoreAway_ManyRows_MemoryIsBoundedShardsGoOnAndAllIsStoredOnce()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions { MemoryBatches = 4, DrainRows = 500 });
        Post(recorder, 20_000);
        await Eventually.TrueAsync(() => recorder.BatchesWaiting <= 4);
        Assert.InRange(recorder.BatchesInUse, 0, recorder.Batches);
        Assert.InRange(_outboxes[0].State.SpilledRows, 19_000, 20_000);
        Assert.Equal((0L, 20_000L), (_ledger.Read(_route).Stored, _ledger.Read(_route).Waiting));
        Assert.Contains("wait in the outbox", await recorder.CheckAsync(Token), StringComparison.Ordinal);
        _isAway = false;
        await recorder.FlushAsync(Token);
        CheckAllStored(20_000);
        Assert.Null(await recorder.CheckAsync(Token));
        Assert.Null(recorder.CatchingUp);
        Assert.Empty(Directory.GetFiles(_folder.File("outbox/unsteady"), "*.seg"));
        Assert.Equal(20_000, recorder.RowsStored);
    }

    [Fact]
    public async Task StoreAway_DefaultBound_FewBatchesStayInMemory()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions());
        Post(recorder, 20_000);
        await Eventually.TrueAsync(() => recorder.IsAway);
        recorder.OnPause(0);
        Post(recorder, 2_000);
        await Eventually.TrueAsync(() => recorder.BatchesWaiting <= 4);
        _isAway = false;
        await recorder.FlushAsync(Token);
        CheckAllStored(22_000);
    }

    [Fact]
    public async Task StoreBack_OldRowsStillWait_LiveRowIsStoredFirst()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions { MemoryBatches = 1, DrainRows = 1 });
        Post(recorder, 5_000);
        await Eventually.TrueAsync(() => recorder.BatchesWaiting <= 1);

        // One write passes at a time, so that the test sees who comes first.
        var turns = new SemaphoreSlim(0);
        _store.Before = (_, _) => turns.WaitAsync(Token);
        _isAway = false;
        await Eventually.TrueAsync(() =>
        {
            turns.Release();
            return !recorder.IsAway && recorder.CatchingUp is not null && _outboxes[0].State.DrainedRows > 0;
        });
        int live = _next;
        Post(recorder, 1);
        recorder.OnPause(0);
        long batches = _outboxes[0].State.Batches;
        await Eventually.TrueAsync(() =>
        {
            turns.Release();
            return Stored().Contains(live);
        });
        Assert.True(batches > 20, "Old rows still wait.");
        Assert.False(_outboxes[0].IsEmpty);
        Assert.Contains("history is catching up: ", recorder.CatchingUp, StringComparison.Ordinal);
        Assert.Null(await recorder.CheckAsync(Token));
        turns.Release(1_000_000);
        await recorder.FlushAsync(Token);
        CheckAllStored(5_001);
    }

    [Fact]
    public async Task MakeDurableAsync_StoreHangs_ANewProcessFindsEverything()
    {
        _store.Before = (_, _) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Token);
        var recorder = Begin(_store, new OutboxOptions { PatienceMilliseconds = 50 });
        Post(recorder, 1_234);
        await recorder.MakeDurableAsync(Token);
        Assert.Equal(0, recorder.BatchesWaiting);

        // Left without a goodbye. The checkpoint called all of them stored.
        _ledger = new Ledger();
        _route = _ledger.Route("mqtt");
        var store = new UnsteadyStore();
        var outbox = Open(new OutboxOptions());
        Assert.Equal(1_234, outbox.MessagesWaiting["mqtt"]);
        _ledger.Restore("mqtt", 1_234, 1_234 - outbox.MessagesWaiting["mqtt"], 0, 0);
        Assert.Equal(1_234, _ledger.Read(_route).Waiting);
        var second = Begin(store, outbox);
        await second.FlushAsync(Token);
        Assert.Equal(Enumerable.Range(0, 1_234), store.Written.SelectMany(b => b.Readings).Select(r => (int)r.Value));
        Assert.Equal(new LedgerEntry(1_234, 1_234, 0, 0, 0), _ledger.Read(_route));
    }

    [Fact]
    public async Task StoreBack_BatchesDamagedWhileTheyWaited_AreQuarantinedNamedAndNeverCountedStored()
    {
        await using var quarantine = QuarantineFile.Open(new QuarantineOptions(), _folder.Path, _ledger, NullLogger<QuarantineFile>.Instance, TimeProvider.System);
        _isAway = true;
        // What the drain holds in memory is not damaged.
        var recorder = Begin(_store, Open(new OutboxOptions { DrainRows = 1 }, quarantine: quarantine));
        Post(recorder, 2_000);
        await recorder.MakeDurableAsync(Token);
        string segment = Directory.GetFiles(_folder.File("outbox/unsteady"), "*.seg")[0];
        await using (var file = new FileStream(segment, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = file.Length / 2;
            await file.WriteAsync("damaged!"u8.ToArray(), Token);
        }

        _isAway = false;
        await recorder.FlushAsync(Token);
        int stored = Stored().Count;
        Assert.InRange(stored, 1_000, 1_999);
        Assert.Equal(new LedgerEntry(2_000, stored, 0, 2_000 - stored, 0), _ledger.Read(_route));
        await Eventually.TrueAsync(() => quarantine.Counts[QuarantineReason.LostInOutbox] == 2_000 - stored);
        // The damage may lie across the border of two records: then each is a place of its own.
        var entries = quarantine.List(long.MaxValue, 10);
        Assert.InRange(entries.Count, 1, 2);
        Assert.Equal(2_000L - stored, entries.Sum(e => e.Messages));
        Assert.All(entries, e => Assert.Equal((QuarantineReason.LostInOutbox, "mqtt", true), (e.Reason, e.Route, e.IsCut)));
        Assert.All(entries, e => Assert.Contains(segment, e.Detail, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.ChangeExtension(segment, ".damaged")));

        // The next process: as its checkpoint, which called all of them stored, has it.
        await recorder.DisposeAsync();
        _ledger = new Ledger();
        _route = _ledger.Route("mqtt");
        var outbox = Open(new OutboxOptions(), quarantine: quarantine);
        Assert.Equal((2_000L - stored, 0L), (outbox.LostMessages["mqtt"], outbox.MessagesWaiting.Values.Sum()));
        Assert.Equal(entries.Count, quarantine.List(long.MaxValue, 10).Count);
    }

    [Fact]
    public async Task Open_LossWasWrittenDownAndNotTold_IsToldByTheNextStart()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions());
        Post(recorder, 500);
        await recorder.MakeDurableAsync(Token);
        await recorder.DisposeAsync();
        File.Delete(Directory.GetFiles(_folder.File("outbox/unsteady"), "*.seg").Single());
        Assert.Equal(500, Open(new OutboxOptions()).LostMessages["mqtt"]);
        await using var quarantine = QuarantineFile.Open(new QuarantineOptions(), _folder.Path, _ledger, NullLogger<QuarantineFile>.Instance, TimeProvider.System);
        Assert.Equal(500, Open(new OutboxOptions(), quarantine: quarantine).LostMessages["mqtt"]);
        Assert.Equal(500, quarantine.Counts[QuarantineReason.LostInOutbox]);
    }

    [Fact]
    public async Task MakeDurableAsync_StoreIsWell_SpillsNothing()
    {
        var recorder = Begin(_store, new OutboxOptions());
        Post(recorder, 500);
        await recorder.MakeDurableAsync(Token);
        Assert.Equal((500, 0L), (_store.Rows, _outboxes[0].State.SpilledBatches));
    }

    [Fact]
    public async Task DisposeAsync_StoreIsAway_TheRestIsStoredAfterTheNextStart()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions());
        Post(recorder, 777);
        await Eventually.TrueAsync(() => recorder.IsAway);
        await recorder.DisposeAsync();
        _isAway = false;
        await Begin(_store, new OutboxOptions()).FlushAsync(Token);
        CheckAllStored(777);
    }

    [Fact]
    public async Task OutboxFull_ShardWaitsAndNothingIsLost()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions { MemoryBatches = 1, MaximumBytes = 1 << 20 });
        var shard = new Thread(() => Post(recorder, 100_000));
        shard.Start();
        await Eventually.TrueAsync(() => _outboxes[0].State.IsFull && recorder.BatchesInUse == recorder.Batches);
        Assert.False(shard.Join(TimeSpan.Zero));
        Assert.Contains("away", await recorder.CheckAsync(Token), StringComparison.Ordinal);
        _isAway = false;
        await Eventually.TrueAsync(() => shard.Join(TimeSpan.Zero));
        await recorder.FlushAsync(Token);
        CheckAllStored(100_000);
    }

    [Fact]
    public async Task RevisedWindow_WrittenLiveWhileOlderOnesWait_ComesLastOutOfTheOutbox()
    {
        _isAway = true;
        var recorder = Begin(_store, new OutboxOptions { MemoryBatches = 1, DrainRows = 1 });
        PostWindow(recorder, revision: 0);
        Post(recorder, 2_000);
        await Eventually.TrueAsync(() => recorder.BatchesWaiting <= 1);
        var turns = new SemaphoreSlim(0);
        _store.Before = (_, _) => turns.WaitAsync(Token);
        _isAway = false;
        await Eventually.TrueAsync(() =>
        {
            turns.Release();
            return _outboxes[0].State.DrainedRows > 0;
        });
        PostWindow(recorder, revision: 1);
        turns.Release(1_000_000);
        await recorder.FlushAsync(Token);
        var revisions = _store.Written.SelectMany(b => b.Windows).Select(w => (int)w.Update.Summary.Revision).ToList();
        Assert.Equal(1, revisions[^1]);
        Assert.Equal(2, revisions.Count(revision => revision == 1));
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("kill")]
    [InlineData("503")]
    public async Task InfluxDatabase_IsIllWhileNumberedRowsFlow_EachIsThereOnceAndCheckpointsGoOn(string ill)
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();
        await using var standIn = await InfluxV2StandIn.StartAsync(database, "telemetry");
        bool isStandIn = ill == "503";
        var influx = isStandIn
            ? new InfluxOptions { Url = standIn.Uri, Token = InfluxV2StandIn.Token, Org = InfluxV2StandIn.Org, Bucket = standIn.Bucket, Database = standIn.Bucket, WriteMilliseconds = 1_000 }
            : new InfluxOptions { Url = database.Uri, Database = "telemetry", WriteMilliseconds = 1_000 };
        await using var store = new InfluxHistoryStore(influx, Influx.InfluxFixture.ForEver, _assets, _measurands);
        var recorder = Begin(store, new OutboxOptions { MemoryBatches = 2, PatienceMilliseconds = 100, DrainRows = 2_000 });
        Post(recorder, 3_000);
        await recorder.FlushAsync(Token);
        await (ill switch
        {
            "stop" => database.PauseAsync(),
            "kill" => database.KillAsync(),
            _ => Task.Run(() => standIn.Next([.. Enumerable.Repeat(InfluxV2StandIn.Ill.Unavailable, 40)])),
        });
        Post(recorder, 30_000);
        await recorder.MakeDurableAsync(Token);
        await Eventually.TrueAsync(() => recorder.BatchesWaiting <= 2);
        Assert.True(isStandIn || !_outboxes[0].IsEmpty);
        await (ill switch
        {
            "stop" => database.ResumeAsync(),
            "kill" => database.RestartAsync(),
            _ => Task.CompletedTask,
        });
        Post(recorder, 2_000);
        await recorder.FlushAsync(Token);
        Assert.Equal(new LedgerEntry(35_000, 35_000, 0, 0, 0), _ledger.Read(_route));
        var page = await store.ReadSeriesAsync(new SeriesQuery(AssetId.Of("gate", "meter-1"), _measurands.Id("activePower"), Instant.MinValue, Instant.MaxValue, null, 100_000), Token);
        Assert.Equal(Enumerable.Range(0, 35_000), page.Points.Select(p => (int)p.Value));
        Assert.Equal(0, recorder.RowsRejected);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HistoryRecorder Begin(IHistoryStore store, OutboxOptions options) => Begin(store, Open(options, store.Name));

    private HistoryRecorder Begin(IHistoryStore store, HistoryOutbox outbox)
    {
        var options = new RecordingOptions { BatchRows = 100, Batches = 16, WriteRows = 400, PauseRows = 1, IdleAgeMilliseconds = 20, MaximumAgeMilliseconds = 50, FirstPauseMilliseconds = 5, LongestPauseMilliseconds = 20, DrainMilliseconds = 200 };
        var recorder = new HistoryRecorder(store, _ledger, options, shardCount: 1, _folder.Path, TimeProvider.System, new Random(1), NullLogger<HistoryRecorder>.Instance, outbox);
        _recorders.Add(recorder);
        recorder.Start();
        return recorder;
    }

    private HistoryOutbox Open(OutboxOptions options, string store = "unsteady", IQuarantine? quarantine = null)
    {
        var outbox = HistoryOutbox.Open(options, _folder.Path, store, _assets, _measurands, _ledger, TimeProvider.System, NullLogger<HistoryOutbox>.Instance, quarantine);
        _outboxes.Add(outbox);
        return outbox;
    }

    private void Post(HistoryRecorder recorder, int messages)
    {
        for (int i = 0; i < messages; i++)
        {
            _ledger.Received(_route);
            _update.Reset(_meter, s_start, _route, 0);
            _update.Message = MessageOutcome.Stored;
            _update.Add(new Reading(s_start + TimeSpan.FromSeconds(_next), _next, 0, _measurands.Id("activePower"), Quality.Good, ReadingOrigin.None));
            _next++;
            recorder.OnUpdate(0, _update);
        }
    }

    private void PostWindow(HistoryRecorder recorder, ushort revision)
    {
        _update.Reset(_meter, s_start, _route, 0);
        _update.Add(new WindowUpdate(_measurands.Id("activePower"), Window.Holding(s_start, WindowSpan.OneMinute), new WindowSummary(1, 1, 1, 1, 1, 0, 1, revision, Quality.Good)));
        recorder.OnUpdate(0, _update);
    }

    private HashSet<int> Stored() => [.. _store.Written.SelectMany(b => b.Readings).Select(r => (int)r.Value)];

    private void CheckAllStored(int count)
    {
        Assert.Equal(Enumerable.Range(0, count), Stored().Order());
        Assert.Equal(new LedgerEntry(count, count, 0, 0, 0), _ledger.Read(_route));
    }
}
