using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Recording;

public sealed class HistoryRecorderTests : IAsyncDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly Ledger _ledger = new();
    private readonly UnsteadyStore _store = new();
    private readonly AssetUpdate _update = new();
    private readonly byte _route;
    private HistoryRecorder? _recorder;

    public HistoryRecorderTests() => _route = _ledger.Route("mqtt");

    public async ValueTask DisposeAsync()
    {
        if (_recorder is not null)
        {
            var dispose = _recorder.DisposeAsync().AsTask();
            await Eventually.TrueAsync(_time, s_step, () => dispose.IsCompleted);
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task OnUpdate_BatchIsFull_IsStoredWithoutAPause()
    {
        var recorder = Begin(new RecordingOptions { BatchRows = 10 });
        Post(recorder, messages: 5, readings: 2);
        await Eventually.TrueAsync(() => _store.Rows == 10);
        await Eventually.TrueAsync(() => _ledger.Read(_route).Stored == 5);
    }

    [Fact]
    public async Task OnUpdate_ATrickle_IsStoredWithinTwiceTheIdleAge()
    {
        var recorder = Begin(new RecordingOptions());
        Post(recorder, messages: 1, readings: 3);
        recorder.OnPause(0);
        Assert.Equal(0, _store.Tries);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Eventually.TrueAsync(() => _store.Rows == 3);
    }

    [Fact]
    public async Task OnPause_ManyRowsAndIdleWriter_AreHandedOverAtOnce()
    {
        var recorder = Begin(new RecordingOptions { PauseRows = 100 });
        Post(recorder, messages: 100, readings: 1);
        recorder.OnPause(0);
        await Eventually.TrueAsync(() => _store.Rows == 100);
    }

    [Fact]
    public async Task OnPause_BusyWriter_GathersUntilTheMaximumAge()
    {
        var release = new TaskCompletionSource();
        _store.Before = (number, _) => number == 0 ? release.Task : Task.CompletedTask;
        var recorder = Begin(new RecordingOptions { PauseRows = 1 });
        Post(recorder, 1, 1);
        recorder.OnPause(0);
        await Eventually.TrueAsync(() => _store.Tries == 1);
        for (int i = 0; i < 9; i++)
        {
            Post(recorder, 1, 1);
            recorder.OnPause(0);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        release.SetResult();
        await recorder.FlushAsync(Token);
        Assert.Equal([1, 9], _store.Written.Select(b => b.Count));
    }

    [Fact]
    public async Task OnUpdate_MessageWithoutRows_IsStillCountedOnce()
    {
        var recorder = Begin(new RecordingOptions());
        Post(recorder, messages: 3, readings: 0);
        Assert.Equal(0, _ledger.Read(_route).Stored);
        await recorder.FlushAsync(Token);
        Assert.Equal(3, _ledger.Read(_route).Stored);
        Assert.Equal(0, _store.Tries);
    }

    [Fact]
    public async Task OnUpdate_DuplicateQuarantinedAndTick_GoWhereTheyBelong()
    {
        var recorder = Begin(new RecordingOptions());
        Post(recorder, 2, 0, MessageOutcome.Duplicate);
        Post(recorder, 3, 0, MessageOutcome.Quarantined);
        Post(recorder, 4, 1, outcome: null);
        await recorder.FlushAsync(Token);
        Assert.Equal(new LedgerEntry(0, 0, 2, 3, -5), _ledger.Read(_route));
        Assert.Equal(4, _store.Rows);
    }

    [Fact]
    public async Task OnUpdate_NoBatchFree_BlocksItsShardAndLosesNothing()
    {
        var release = new TaskCompletionSource();
        _store.Before = (_, _) => release.Task;
        var recorder = Begin(new RecordingOptions { BatchRows = 10, Batches = 2, WriteRows = 10 });
        var shard = new Thread(() => Post(recorder, messages: 1000, readings: 1));
        shard.Start();
        await Eventually.TrueAsync(() => recorder.ShardWaits > 0 && recorder.BatchesInUse == recorder.Batches);
        Assert.False(shard.Join(TimeSpan.Zero));
        Assert.Equal(0, _ledger.Read(_route).Stored);
        release.SetResult();
        await Eventually.TrueAsync(() => shard.Join(TimeSpan.Zero));
        await recorder.FlushAsync(Token);
        Assert.Equal(1000, _store.Rows);
        Assert.Equal(1000, _ledger.Read(_route).Stored);
        Assert.Equal(0, recorder.BatchesInUse);
    }

    [Fact]
    public async Task Absence_TransientFailures_AreSeenAndEndWithTheRowsStoredOnce()
    {
        _store.Before = (number, _) => number < 5 ? throw new StoreException("away: start it", isTransient: true) : Task.CompletedTask;
        var recorder = Begin(new RecordingOptions { BatchRows = 1 });
        var since = Instant.Now(_time);
        Post(recorder, 1, 1);
        await Eventually.TrueAsync(() => recorder.IsAway);
        Assert.Equal(new StoreAbsence(since, "away: start it", false, 1), recorder.Absence);
        Assert.Contains("away: start it", await recorder.CheckAsync(Token), StringComparison.Ordinal);
        Assert.Equal(0, _ledger.Read(_route).Stored);
        await Eventually.TrueAsync(_time, s_step, () => !recorder.IsAway);
        await recorder.FlushAsync(Token);
        Assert.Equal((1, 1L, 5L), (_store.Rows, _ledger.Read(_route).Stored, recorder.Failures));
        Assert.Null(await recorder.CheckAsync(Token));

        // 500 ms doubled four times, each at least half: 0.25 + 0.5 + 1 + 2 + 4 s.
        Assert.InRange(Instant.Now(_time) - since, TimeSpan.FromSeconds(7.75), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Absence_FailureThatNeedsAPerson_IsTriedAgainAtTheLongestPause()
    {
        _store.Before = (number, _) => number == 0 ? throw new StoreException("401: set the token", isTransient: false) : Task.CompletedTask;
        var recorder = Begin(new RecordingOptions { BatchRows = 1, LongestPauseMilliseconds = 8000 });
        Post(recorder, 1, 1);
        await Eventually.TrueAsync(() => recorder.Absence is { NeedsCure: true });
        _time.Advance(TimeSpan.FromMilliseconds(3999));
        Assert.Equal(1, _store.Tries);
        await Eventually.TrueAsync(_time, s_step, () => _store.Rows == 1);
    }

    [Fact]
    public async Task Absence_StoreAsksForTime_GetsIt()
    {
        _store.Before = (number, _) => number == 0 ? throw new StoreException("429", isTransient: true, TimeSpan.FromSeconds(17)) : Task.CompletedTask;
        var recorder = Begin(new RecordingOptions { BatchRows = 1 });
        Post(recorder, 1, 1);
        await Eventually.TrueAsync(() => recorder.IsAway && _time.ArmedTimers == 2);
        _time.Advance(TimeSpan.FromMilliseconds(16_900));
        Assert.Equal(1, _store.Tries);
        await Eventually.TrueAsync(_time, s_step, () => _store.Rows == 1);
    }

    [Fact]
    public async Task Start_StoreCanNotBeOpenedYet_IsTriedAgain()
    {
        _store.OpenFailure = new StoreException("not up yet", isTransient: true);
        var recorder = Begin(new RecordingOptions { BatchRows = 1 });
        Post(recorder, 1, 1);
        await Eventually.TrueAsync(() => recorder.IsAway);
        _store.OpenFailure = null;
        await Eventually.TrueAsync(_time, s_step, () => _store.Rows == 1);
        Assert.False(recorder.IsAway);
    }

    [Fact]
    public async Task Rejected_Rows_AreCountedAndKeptWithTheStoresWords()
    {
        _store.Refuse = batch => [new RejectedRow("reading gate/meter-1 \"x\"", "field type conflict")];
        var recorder = Begin(new RecordingOptions { BatchRows = 5 });
        Post(recorder, 5, 1);
        await recorder.FlushAsync(Token);
        Assert.Equal((1, 4), (recorder.RowsRejected, recorder.RowsStored));
        string line = Assert.Single(await File.ReadAllLinesAsync(_folder.File("rejected.log"), Token));
        var entry = System.Text.Json.JsonDocument.Parse(line).RootElement;
        Assert.Equal("field type conflict", entry.GetProperty("reason").GetString());
        Assert.Equal("reading gate/meter-1 \"x\"", entry.GetProperty("row").GetString());
        Assert.Equal(5, _ledger.Read(_route).Stored);
    }

    [Fact]
    public async Task Rejected_LogAtItsLength_KeepsOneBefore()
    {
        _store.Refuse = batch => [new RejectedRow(new string('x', 600), "no")];
        var recorder = Begin(new RecordingOptions { BatchRows = 1, RejectedLogBytes = 1024, WriteRows = 1 });
        Post(recorder, 20, 1);
        await recorder.FlushAsync(Token);
        Assert.Equal(["rejected.log", "rejected.log.1"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.InRange(new FileInfo(file).Length, 600, 2048));
    }

    [Fact]
    public async Task DisposeAsync_RowsGathered_AreStoredFirst()
    {
        var recorder = Begin(new RecordingOptions());
        Post(recorder, 7, 1);
        await recorder.DisposeAsync();
        Assert.Equal((7, 7L), (_store.Rows, _ledger.Read(_route).Stored));
        Post(recorder, 1, 2);
        Assert.Equal(2, recorder.RowsUnrecorded);
    }

    [Fact]
    public async Task DisposeAsync_StoreIsAway_EndsAtTheBound()
    {
        _store.Before = (_, _) => throw new StoreException("away", isTransient: true);
        var recorder = Begin(new RecordingOptions { BatchRows = 1 });
        Post(recorder, 1, 1);
        await Eventually.TrueAsync(() => recorder.IsAway);
        var dispose = recorder.DisposeAsync().AsTask();
        await Eventually.TrueAsync(_time, s_step, () => dispose.IsCompleted);
        await dispose;
        Assert.Equal(0, _ledger.Read(_route).Stored);
    }

    [Fact]
    public async Task Completion_FaultOfThePlatform_IsNotSwallowed()
    {
        _store.Before = (_, _) => throw new FormatException("bug");
        var recorder = Begin(new RecordingOptions { BatchRows = 1 });
        Post(recorder, 1, 1);
        await Assert.ThrowsAsync<FormatException>(() => recorder.Completion.WaitAsync(Eventually.Patience, Token));
        await recorder.DisposeAsync();
    }

    [Fact]
    public async Task OnUpdate_Warm_AllocatesNothing()
    {
        var recorder = Begin(new RecordingOptions { BatchRows = 1000, Batches = 4 }, new UnsteadyStore { Before = (_, _) => Task.CompletedTask });
        Fill(3, MessageOutcome.Stored);
        Run(200_000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(100_000);
        long perMessage = (GC.GetAllocatedBytesForCurrentThread() - before) / 100_000;
        Assert.Equal(0, perMessage);
        await recorder.FlushAsync(Token);

        void Run(int updates)
        {
            for (int i = 0; i < updates; i++)
            {
                recorder.OnUpdate(0, _update);
            }
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private HistoryRecorder Begin(RecordingOptions options, IHistoryStore? store = null)
    {
        _recorder = new HistoryRecorder(store ?? _store, _ledger, options, shardCount: 1, _folder.Path, _time, new Random(1), NullLogger<HistoryRecorder>.Instance);
        _recorder.Start();
        return _recorder;
    }

    private void Post(HistoryRecorder recorder, int messages, int readings, MessageOutcome? outcome = MessageOutcome.Stored)
    {
        for (int i = 0; i < messages; i++)
        {
            Fill(readings, outcome);
            recorder.OnUpdate(0, _update);
        }
    }

    private void Fill(int readings, MessageOutcome? outcome)
    {
        _update.Reset(new AssetHandle(0), Instant.Now(_time), _route, 0);
        _update.Message = outcome;
        for (int i = 0; i < readings; i++)
        {
            _update.Add(new Reading(Instant.Now(_time), i, 0, new MeasurandId((ushort)i), Quality.Good, ReadingOrigin.None));
        }
    }
}
