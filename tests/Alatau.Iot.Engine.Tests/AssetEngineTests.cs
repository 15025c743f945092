using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Conformance;

namespace Alatau.Iot.Engine.Tests;

public sealed class AssetEngineTests : IAsyncDisposable
{
    private static readonly MeasurandCatalog s_catalog = new();

    private readonly AssetDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly RecordingSink _sink = new();
    private AssetEngine? _engine;

    public async ValueTask DisposeAsync()
    {
        _sink.Gate.Set();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }

    [Fact]
    public async Task Stop_BatchesWait_ProcessesThemAllAndRefusesMore()
    {
        var engine = Create([_sink]);
        var asset = Register("m");
        for (int i = 0; i < 500; i++)
        {
            Assert.True(Post(engine, asset, i));
        }

        engine.Start();
        await engine.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(500, _sink.Messages);
        Assert.True(engine.Completion.IsCompletedSuccessfully);
        Assert.False(Post(engine, asset, 501));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.GetAsync(asset, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.WaitForRoomAsync(asset, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stop_NeverStarted_Ends()
    {
        var engine = Create([_sink]);
        var waiting = engine.GetAsync(Register("m"), TestContext.Current.CancellationToken).AsTask();

        await engine.StopAsync(TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting);
    }

    [Fact]
    public async Task Sink_Throws_ShardsEndAndCompletionSaysWhy()
    {
        var engine = Create([new ThrowingSink()]);
        engine.Start();
        var asset = Register("m");
        Assert.Null(await ((IReadinessCheck)engine).CheckAsync(TestContext.Current.CancellationToken));

        Post(engine, asset, 1);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => engine.Completion);
        Assert.Equal("the sink broke", fault.Message);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.DrainAsync(TestContext.Current.CancellationToken));
        Assert.False(Post(engine, asset, 2));
        Assert.Contains("the sink broke", await ((IReadinessCheck)engine).CheckAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pause_InboxIsEmpty_IsToldToTheSinks()
    {
        var engine = Create([_sink]);
        engine.Start();
        long before = _sink.Pauses;

        Post(engine, Register("m"), 1);
        await engine.DrainAsync(TestContext.Current.CancellationToken);

        Assert.True(_sink.Pauses > before);
    }

    [Fact]
    public async Task Tick_UpdatesWithNothingInThem_DoNotReachTheSinks()
    {
        var counting = new CountingSink();
        var engine = Create([counting]);
        engine.Start();
        Post(engine, Register("m"), 1);
        await engine.DrainAsync(TestContext.Current.CancellationToken);

        for (int i = 0; i < 50; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await engine.DrainAsync(TestContext.Current.CancellationToken);

        // The message, and its one-minute window by the idle rule.
        Assert.Equal((2, 0), (counting.Updates, counting.Empty));
    }

    [Fact]
    public async Task Totals_EnergyToday_StartsAgainAtLocalMidnight()
    {
        var engine = Create([_sink]);
        engine.Start();
        var meter = Register("m");
        var solar = Register("pv", AssetKind.Solar);
        var transformer = Register("t", AssetKind.Transformer);

        // Stands in the list of assets, and in no site's sums.
        Assert.True(_directory.TryRegister(PlatformAsset.Asset, out var platform));
        PostValues(engine, platform, ("activePower", 7));
        PostValues(engine, meter, ("energyImport", 1000), ("activePower", 500));
        PostValues(engine, solar, ("energyProduced", 50), ("activePower", 900));
        PostValues(engine, transformer, ("activePower", -350));
        _time.Advance(TimeSpan.FromMinutes(1));
        PostValues(engine, meter, ("energyImport", 1020), ("activePower", 600));
        PostValues(engine, solar, ("energyProduced", 75), ("activePower", 950));
        await engine.DrainAsync(TestContext.Current.CancellationToken);

        var totals = Assert.Single(await engine.GetTotalsAsync(TestContext.Current.CancellationToken));
        Assert.Equal((600, 950, -350, 20, 25, 3, 3), (totals.LoadWatts, totals.GenerationWatts, totals.NetImportWatts, totals.EnergyImportTodayWattHours, totals.EnergyProducedTodayWattHours, totals.Assets, totals.Reporting));

        // 05:00Z is 10:00 in Almaty.
        _time.Advance(TimeSpan.FromHours(14));
        totals = Assert.Single(await engine.GetTotalsAsync(TestContext.Current.CancellationToken));
        Assert.Equal((0, 0, 0, 0, 0, 3, 0), (totals.LoadWatts, totals.GenerationWatts, totals.NetImportWatts, totals.EnergyImportTodayWattHours, totals.EnergyProducedTodayWattHours, totals.Assets, totals.Reporting));
    }

    [Fact]
    public async Task Totals_AskedAgainWithinASecond_AreTheSame()
    {
        var engine = Create([_sink]);
        engine.Start();
        var first = await engine.GetTotalsAsync(TestContext.Current.CancellationToken);
        var second = await engine.GetTotalsAsync(TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromMinutes(1));
        var third = await engine.GetTotalsAsync(TestContext.Current.CancellationToken);

        Assert.Same(first, second);
        Assert.NotSame(first, third);
    }

    [Fact]
    public async Task Metrics_AfterWork_CountReadingsByOutcome()
    {
        var engine = Create([_sink]);
        engine.Start();
        var asset = Register("m");
        Post(engine, asset, 1);
        Post(engine, asset, 1);
        await engine.DrainAsync(TestContext.Current.CancellationToken);
        var metrics = new Metrics();

        engine.WriteMetrics(metrics);

        Assert.Equal(1, metrics.Values["readings{outcome=accepted}"]);
        Assert.Equal(1, metrics.Values["readings{outcome=duplicate}"]);
        Assert.Equal(0, metrics.Values["readings{outcome=out_of_order}"]);
        Assert.Equal(2, metrics.Values.Where(m => m.Key.StartsWith("shard_batches{", StringComparison.Ordinal)).Sum(m => m.Value));
        Assert.Equal(0, metrics.Values["shard_inbox_bytes{shard=0}"]);
    }

    [Fact]
    public async Task Shard_SteadyState_AllocatesNothingForAMessage()
    {
        var allocations = new AllocationSink();
        var engine = Create([allocations], shards: 1);
        engine.Start();
        var asset = Register("m");
        for (int i = 0; i < 200_000; i++)
        {
            while (!Post(engine, asset, i))
            {
                await engine.WaitForRoomAsync(asset, TestContext.Current.CancellationToken);
            }

            if (i % 10_000 == 9_999)
            {
                await engine.DrainAsync(TestContext.Current.CancellationToken);
            }
        }

        // Between two messages of one run lies everything a shard does for one: taking it, applying, publishing, arming. Waiters and drains allocate at most a few hundred bytes in all,
        // and a collection of another test may count this thread's allocation window of 8 KiB.
        Assert.InRange(allocations.BytesAfterWarmUp, 0, 180_000 / 2);
    }

    private AssetEngine Create(IEnumerable<IAssetUpdateSink> sinks, int shards = 2)
    {
        var site = new Site("green", "Green", TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty"), null, null);
        _engine = new AssetEngine(s_catalog, _directory, new AlarmRuleSet([], s_catalog), [site], new ProcessorOptions(), new EngineOptions { Shards = shards, InboxBytes = 64 << 10 }, sinks, _time);
        return _engine;
    }

    private AssetHandle Register(string name, AssetKind kind = AssetKind.Meter)
    {
        Assert.True(_directory.TryRegister(new Asset(AssetId.Of("green", name), name, kind), out var handle));
        return handle;
    }

    private bool Post(AssetEngine engine, AssetHandle asset, int number)
    {
        var now = Instant.Now(_time);
        return engine.TryPost(new ReadingBatch(asset, now, 0, number, [new Reading(new Instant(now.UnixMilliseconds - 100_000 + number), number, 0, s_catalog.Id("activePower"), Quality.Good, ReadingOrigin.None)]));
    }

    private void PostValues(AssetEngine engine, AssetHandle asset, params (string Measurand, double Value)[] values)
    {
        var now = Instant.Now(_time);
        var readings = values.Select(v => new Reading(now, v.Value, 0, s_catalog.Id(v.Measurand), Quality.Good, ReadingOrigin.None)).ToArray();
        Assert.True(engine.TryPost(new ReadingBatch(asset, now, 0, 0, readings)));
    }

    private sealed class ThrowingSink : IAssetUpdateSink
    {
        public void OnUpdate(int shard, AssetUpdate update) => throw new InvalidDataException("the sink broke");

        public void OnPause(int shard)
        {
        }
    }

    private sealed class CountingSink : IAssetUpdateSink
    {
        public int Updates { get; private set; }

        public int Empty { get; private set; }

        public void OnUpdate(int shard, AssetUpdate update)
        {
            Updates++;
            Empty += update.Message is null && update.Windows.IsEmpty && update.Transitions.Count == 0 ? 1 : 0;
        }

        public void OnPause(int shard)
        {
        }
    }

    private sealed class AllocationSink : IAssetUpdateSink
    {
        private long _messages;
        private long _start;

        public long BytesAfterWarmUp { get; private set; }

        public void OnUpdate(int shard, AssetUpdate update)
        {
            _messages++;
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            _start = _messages == 20_000 ? bytes : _start;
            BytesAfterWarmUp = bytes - _start;
        }

        public void OnPause(int shard)
        {
        }
    }

    private sealed class Metrics : IMetricWriter
    {
        public Dictionary<string, double> Values { get; } = new(StringComparer.Ordinal);

        public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Keep(name, value, labels);

        public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Keep(name, value, labels);

        private void Keep(string name, double value, ReadOnlySpan<(string Name, string Value)> labels) =>
            Values.Add($"{name}{{{string.Join(",", labels.ToArray().Select(l => $"{l.Name}={l.Value}"))}}}", value);
    }
}
