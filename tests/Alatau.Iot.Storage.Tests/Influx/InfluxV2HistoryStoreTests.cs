using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Recording;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>The write API of 2.x and the ills of a network.</summary>
public sealed class InfluxV2HistoryStoreTests(InfluxFixture influx) : IAsyncLifetime
{
    private static readonly Instant s_start = new(1_795_323_600_000);

    private readonly TempFolder _folder = new();
    private readonly AssetDirectory _assets = new();
    private readonly MeasurandCatalog _measurands = new();
    private readonly HistoryBatch _batch = new();
    private InfluxV2StandIn? _standIn;

    private InfluxV2StandIn StandIn => _standIn!;

    public async ValueTask InitializeAsync() => _standIn = await InfluxV2StandIn.StartAsync(influx.Database, influx.Database.NextName());

    public async ValueTask DisposeAsync()
    {
        if (_standIn is not null)
        {
            await _standIn.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task StandIn_TheOfficialClient_TakesItForA2x()
    {
        Assert.SkipWhen(LineOracle.Missing is not null, LineOracle.Missing ?? "");
        string answer = await LineOracle.RunAsync("write.js", "", StandIn.Uri.ToString(), InfluxV2StandIn.Token, InfluxV2StandIn.Org, StandIn.Bucket);
        Assert.Contains("written", answer, StringComparison.Ordinal);
        await using var store = await OpenAsync();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => i + 0.5), (await ReadAsync(store)).Select(p => p.Value));
        answer = await LineOracle.RunAsync("write.js", "", StandIn.Uri.ToString(), "wrong", InfluxV2StandIn.Org, StandIn.Bucket);
        Assert.Contains("failed 401 unauthorized access", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InfluxV2StandIn.Ill.Unavailable, null)]
    [InlineData(InfluxV2StandIn.Ill.TooManyRequests, 7)]
    [InlineData(InfluxV2StandIn.Ill.Reset, null)]
    [InlineData(InfluxV2StandIn.Ill.ResetAfterStoring, null)]
    [InlineData(InfluxV2StandIn.Ill.BlackHole, null)]
    public async Task WriteAsync_PassingIll_IsTransientAndTheNextTryStoresOnce(InfluxV2StandIn.Ill ill, int? retryAfterSeconds)
    {
        await using var store = await OpenAsync(options => options.WriteMilliseconds = ill == InfluxV2StandIn.Ill.BlackHole ? 300 : 30_000);
        Add(100);
        StandIn.Next(ill);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.WriteAsync(_batch, Token));
        Assert.True(failure.IsTransient);
        Assert.Equal(retryAfterSeconds, failure.RetryAfter?.TotalSeconds);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(100, (await ReadAsync(store)).Count);
    }

    [Fact]
    public async Task WriteAsync_SlowAnswer_IsWaitedFor()
    {
        await using var store = await OpenAsync();
        Add(10);
        StandIn.Next(InfluxV2StandIn.Ill.Slow);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(1, StandIn.Writes);
    }

    [Fact]
    public async Task WriteAsync_CallerGivesUp_IsCancelled()
    {
        await using var store = await OpenAsync();
        Add(10);
        StandIn.Next(InfluxV2StandIn.Ill.BlackHole);
        using var stop = new CancellationTokenSource();
        var write = store.WriteAsync(_batch, stop.Token).AsTask();
        await Eventually.TrueAsync(() => StandIn.Writes == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
    }

    [Theory]
    [InlineData("token", "answered 401")]
    [InlineData("org", "organization name \"other\" not found")]
    [InlineData("bucket", "bucket \"other\" not found")]
    public async Task WriteAsync_WrongSetting_NeedsAPersonAndSaysWhat(string setting, string expected)
    {
        await using var store = Create(options =>
        {
            options.ApiVersion = InfluxApiVersion.V2;
            options.Token = setting == "token" ? "other" : options.Token;
            options.Org = setting == "org" ? "other" : options.Org;
            options.Bucket = setting == "bucket" ? "other" : options.Bucket;
        });
        Add(1);
        var failure = await Assert.ThrowsAsync<StoreException>(async () =>
        {
            await store.OpenAsync(Token);
            await store.WriteAsync(_batch, Token);
        });
        Assert.False(failure.IsTransient);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.Contains("Cure: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(InfluxV2StandIn.Token, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TokenFile_MendedWhileRunning_IsReadAgain()
    {
        await File.WriteAllTextAsync(_folder.File("token"), "wrong", Token);
        await using var store = Create(options => options.TokenFile = _folder.File("token"));
        await Assert.ThrowsAsync<StoreException>(async () => await store.OpenAsync(Token));
        await File.WriteAllTextAsync(_folder.File("token"), InfluxV2StandIn.Token + "\n", Token);
        await store.OpenAsync(Token);
        Add(1);
        Assert.Empty(await store.WriteAsync(_batch, Token));
    }

    [Fact]
    public async Task WriteAsync_SomeLinesRefused_AreHandedBackAndTheOthersStored()
    {
        Assert.Equal(204, (await influx.Database.WriteAsync(StandIn.Bucket, $"reading,site=other,asset=x co2=\"text\" {s_start.UnixMilliseconds}")).Status);
        await using var store = await OpenAsync();
        Add(50);
        _batch.Readings.Add(new ReadingRow(Handle(), _measurands.Id("co2"), Quality.Good, s_start, 400));
        var rejected = Assert.Single(await store.WriteAsync(_batch, Token));
        Assert.Contains("field type conflict", rejected.Reason, StringComparison.Ordinal);
        Assert.Equal(50, (await ReadAsync(store)).Count);
    }

    [Fact]
    public async Task WriteAsync_BodyTooLong_IsSplitUntilItFits()
    {
        await using var store = await OpenAsync();
        StandIn.MaximumBodyBytes = 2000;
        Add(1000);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(1000, (await ReadAsync(store)).Count);
    }

    [Fact]
    public async Task HistoryRecorder_OverAnIllNetwork_StoresEveryMessageOnce()
    {
        const int seed = 7;
        TestContext.Current.SendDiagnosticMessage("seed {0}", seed);
        var random = new Random(seed);
        await using var store = Create(options => options.WriteMilliseconds = 300);
        var ledger = new Ledger();
        byte route = ledger.Route("mqtt");
        var options = new RecordingOptions { BatchRows = 200, WriteRows = 400, FirstPauseMilliseconds = 1, LongestPauseMilliseconds = 2, DrainMilliseconds = 30_000 };
        await using var recorder = new HistoryRecorder(store, ledger, options, shardCount: 2, _folder.Path, TimeProvider.System, new Random(seed), NullLogger<HistoryRecorder>.Instance);
        recorder.Start();
        for (int i = 0; i < 12; i++)
        {
            // The 429 is left out: it would hold the writer for seven seconds by right.
            StandIn.Next(random.Next(4) switch
            {
                0 => InfluxV2StandIn.Ill.Unavailable,
                1 => InfluxV2StandIn.Ill.ResetAfterStoring,
                2 => InfluxV2StandIn.Ill.Reset,
                _ => InfluxV2StandIn.Ill.BlackHole,
            });
        }

        var update = new AssetUpdate();
        for (int i = 0; i < 5000; i++)
        {
            ledger.Received(route);
            update.Reset(Handle(i % 2 == 0 ? "meter-1" : "meter-2"), s_start, route, 0);
            update.Message = MessageOutcome.Stored;
            update.Add(new Reading(s_start + TimeSpan.FromSeconds(i), i, 0, _measurands.Id("activePower"), Quality.Good, ReadingOrigin.None));
            recorder.OnUpdate(i % 2, update);
        }

        await recorder.FlushAsync(Token);
        Assert.Equal(new LedgerEntry(5000, 5000, 0, 0, 0), ledger.Total());
        Assert.Equal(12, recorder.Failures);
        Assert.Equal(Enumerable.Range(0, 2500).Select(i => i * 2.0), (await ReadAsync(store)).Select(p => p.Value));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private InfluxHistoryStore Create(Action<InfluxOptions>? change = null)
    {
        var options = new InfluxOptions { Url = StandIn.Uri, Token = InfluxV2StandIn.Token, Org = InfluxV2StandIn.Org, Bucket = StandIn.Bucket, Database = StandIn.Bucket };
        change?.Invoke(options);
        return new InfluxHistoryStore(options, InfluxFixture.ForEver, _assets, _measurands);
    }

    private async Task<InfluxHistoryStore> OpenAsync(Action<InfluxOptions>? change = null)
    {
        var store = Create(change);
        await store.OpenAsync(Token);
        return store;
    }

    private AssetHandle Handle(string asset = "meter-1")
    {
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", asset), asset, AssetKind.Meter), out var handle));
        return handle;
    }

    private void Add(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _batch.Readings.Add(new ReadingRow(Handle(), _measurands.Id("activePower"), Quality.Good, s_start + TimeSpan.FromSeconds(i), i));
        }
    }

    private async Task<IReadOnlyList<SeriesPoint>> ReadAsync(InfluxHistoryStore store) =>
        (await store.ReadSeriesAsync(new SeriesQuery(AssetId.Of("gate", "meter-1"), _measurands.Id("activePower"), Instant.MinValue, Instant.MaxValue, null, 100_000), Token)).Points;
}
