using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Xunit;

namespace Alatau.Iot.Testing.Conformance;

/// <summary>What every asset runtime promises. Derive it and say how the runtime is made.</summary>
public abstract class AssetRuntimeConformance : IAsyncLifetime
{
    protected static readonly Site Site = new("green", "Green", TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty"), null, null);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    protected MeasurandCatalog Catalog { get; } = new();

    protected AssetDirectory Directory { get; } = new();

    protected ManualTime Time { get; } = new();

    protected RecordingSink Sink { get; } = new();

    protected IAssetRuntime Runtime { get; private set; } = null!;

    private CancellationToken Patience { get; } = new CancellationTokenSource(s_patience).Token;

    public async ValueTask InitializeAsync() => Runtime = await CreateAsync(Rules(), Sink);

    public async ValueTask DisposeAsync()
    {
        Sink.Gate.Set();
        await DestroyAsync(Runtime);
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes and starts a runtime over <see cref="Catalog"/>, <see cref="Directory"/>, <see cref="Site"/> and <see cref="Time"/> with inboxes of at most 64 KiB, so that they fill up.</summary>
    protected abstract ValueTask<IAssetRuntime> CreateAsync(AlarmRuleSet rules, IAssetUpdateSink sink);

    protected abstract ValueTask DestroyAsync(IAssetRuntime runtime);

    [Fact]
    public async Task Post_ManyThreadsAgainstFullInboxes_ProcessesEachBatchOnceInOrder()
    {
        const int threads = 4;
        const int batches = 4000;
        var assets = Register(16);
        var posters = Enumerable.Range(0, threads).Select(thread => Task.Run(() => PostAllAsync([.. assets.Where((_, i) => i % threads == thread)], batches)));

        await Task.WhenAll(posters).WaitAsync(Patience);
        await Runtime.DrainAsync(Patience);

        Assert.Equal(assets.Length * (long)batches, Sink.Messages);
        foreach (var asset in assets)
        {
            Assert.Equal(Enumerable.Range(1, batches).Select(i => (long)i), Sink.PositionsOf(asset));
        }

        Assert.Equal(Sink.Threads.Select(t => t.Shard).Distinct().Count(), Sink.Threads.Count);
    }

    [Fact]
    public async Task Post_InboxFull_RefusesUntilThereIsRoomAndLosesNothing()
    {
        var asset = Register(1)[0];
        Sink.Gate.Reset();
        int posted = 0;
        while (posted < 1_000_000 && TryPost(asset, posted + 1))
        {
            posted++;
        }

        Assert.InRange(posted, 1, 999_999);
        var room = Runtime.WaitForRoomAsync(asset, Patience).AsTask();
        Assert.False(room.IsCompleted);
        Sink.Gate.Set();
        await room;
        Assert.True(TryPost(asset, posted + 1));
        await Runtime.DrainAsync(Patience);

        Assert.Equal(Enumerable.Range(1, posted + 1).Select(i => (long)i), Sink.PositionsOf(asset));
    }

    [Fact]
    public async Task WaitForRoom_Cancelled_Ends()
    {
        var asset = Register(1)[0];
        Sink.Gate.Reset();
        for (int i = 1; TryPost(asset, i); i++)
        {
        }

        using var cancellation = new CancellationTokenSource();
        var room = Runtime.WaitForRoomAsync(asset, cancellation.Token).AsTask();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => room);
    }

    [Fact]
    public async Task Windows_OverManyAssets_SumToWhatWasPosted()
    {
        var assets = Register(7);
        foreach (var asset in assets)
        {
            await PostAllAsync([asset], 300);
        }

        await Runtime.DrainAsync(Patience);
        Time.Advance(TimeSpan.FromHours(2));
        await Runtime.DrainAsync(Patience);

        foreach (var asset in assets)
        {
            var minutes = Sink.Windows.Where(w => w.Asset == asset && w.Window.Window.Span == WindowSpan.OneMinute).Select(w => w.Window.Summary).ToList();
            Assert.Equal(300, minutes.Sum(w => w.Count));
            Assert.Equal(Enumerable.Range(1, 300).Sum(), minutes.Sum(w => w.Mean * w.Count), 6);
        }
    }

    [Fact]
    public async Task Get_AfterDrain_ShowsTheLatestValues()
    {
        var assets = Register(3);
        Assert.Null(await Runtime.GetAsync(assets[0], Patience));
        await PostAllAsync([assets[0]], 10);
        await PostAllAsync([assets[2]], 20);
        await Runtime.DrainAsync(Patience);

        var one = await Runtime.GetAsync(assets[0], Patience);
        var many = await Runtime.GetManyAsync(assets, Patience);

        Assert.Equal(10, Assert.Single(one!.Values).Value);
        Assert.Equal(10, one.ReadingCount);
        Assert.Equal([assets[0], assets[2]], many.Select(s => s.Asset).OrderBy(a => a.Index));
    }

    [Fact]
    public async Task Get_WhileOthersPost_IsConsistent()
    {
        var asset = Register(1)[0];
        var posting = Task.Run(() => PostAllAsync([asset], 20_000));
        while (!posting.IsCompleted)
        {
            // Value, instant and count belong to one moment between two messages.
            if (await Runtime.GetAsync(asset, Patience) is { } snapshot)
            {
                Assert.Equal(snapshot.ReadingCount, Assert.Single(snapshot.Values).Value);
                Assert.Equal(snapshot.LastMeasuredAt, snapshot.Values[0].MeasuredAt);
            }
        }

        await posting;
    }

    [Fact]
    public async Task Post_BadAssetBesideGoodOnes_TouchesOnlyItself()
    {
        var assets = Register(2);
        long future = Time.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds();
        Assert.True(Post(assets[0], 1, new Reading(new Instant(future), 1, 0, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None)));
        Assert.True(Post(assets[0], 2, new Reading(Now, double.NaN, 0, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None)));
        await PostAllAsync([assets[1]], 5);
        await Runtime.DrainAsync(Patience);

        Assert.Equal(Quality.Bad, Assert.Single(Sink.ReadingsOf(assets[0])).Quality);
        Assert.Equal(5, (await Runtime.GetAsync(assets[1], Patience))!.ReadingCount);
    }

    [Fact]
    public async Task Send_RaisedAlarm_IsAcknowledgedAndReachesTheSink()
    {
        var asset = Register(1)[0];
        Assert.Equal(AlarmCommandResult.Unknown, await Runtime.SendAsync(Acknowledge(asset), Patience));
        Post(asset, 1, new Reading(Now, 255, 0, Catalog.Id("voltage"), Quality.Good, ReadingOrigin.None));
        await Runtime.DrainAsync(Patience);

        Assert.Equal(AlarmCommandResult.Done, await Runtime.SendAsync(Acknowledge(asset), Patience));
        Assert.Equal(AlarmCommandResult.AlreadySo, await Runtime.SendAsync(Acknowledge(asset), Patience));
        await Runtime.DrainAsync(Patience);

        Assert.Equal([AlarmState.Unacknowledged, AlarmState.Acknowledged], Sink.Transitions.Select(t => t.To));
        var view = Assert.Single((await Runtime.GetAsync(asset, Patience))!.Alarms);
        Assert.Equal((AlarmState.Acknowledged, "aigerim", 255.0), (view.State, view.By, view.Value));
    }

    [Fact]
    public async Task Time_PassesWithoutMessages_RaisesSilenceAndPublishesWindows()
    {
        var asset = Register(1)[0];
        Post(asset, 1, new Reading(Now, 1, 0, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None));
        await Runtime.DrainAsync(Patience);
        Assert.Empty(Sink.Windows);

        Time.Advance(TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(1));
        await Runtime.DrainAsync(Patience);

        var transition = Assert.Single(Sink.Transitions);
        Assert.Equal(("device-silent", AlarmState.Unacknowledged), (transition.Rule, transition.To));
        Assert.Equal(WindowSpan.OneMinute, Assert.Single(Sink.Windows).Window.Window.Span);
    }

    [Fact]
    public async Task Totals_SumBySite_AndCountAssetsThatNeverReported()
    {
        var assets = Register(3);
        Post(assets[0], 1, new Reading(Now, 1000, 0, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None));
        Post(assets[1], 2, new Reading(Now, 500, 0, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None));
        await Runtime.DrainAsync(Patience);

        var totals = Assert.Single(await Runtime.GetTotalsAsync(Patience));

        Assert.Equal((Site.Name, 1500.0, 3, 2, 0), (totals.Site, totals.LoadWatts, totals.Assets, totals.Reporting, totals.OpenAlarms));
    }

    [Fact]
    public async Task Drain_NothingPosted_Completes() => await Runtime.DrainAsync(Patience);

    private Instant Now => Instant.Now(Time);

    private AlarmCommand Acknowledge(AssetHandle asset) => new(asset, "voltage-high", AlarmAction.Acknowledge, Now, "aigerim", "");

    private AlarmRuleSet Rules() => new(
        [
            new AlarmRule("voltage-high", "Voltage high", AlarmSeverity.Medium, new ThresholdCondition(Catalog.Id("voltage"), true, 253, 2, TimeSpan.Zero)),
            new AlarmRule("device-silent", "Device silent", AlarmSeverity.Low, new SilenceCondition(TimeSpan.FromMinutes(5))),
        ],
        Catalog);

    private AssetHandle[] Register(int count) =>
    [
        .. Enumerable.Range(Directory.Count, count).Select(i =>
        {
            Assert.True(Directory.TryRegister(new Asset(AssetId.Of(Site.Name, $"meter-{i}"), $"Meter {i}", AssetKind.Meter), out var handle));
            return handle;
        }),
    ];

    /// <summary>Posts batches 1 to <paramref name="count"/> to each asset, a tenth of a second of event time apart; value and position are the number.</summary>
    private async Task PostAllAsync(AssetHandle[] assets, int count)
    {
        for (int i = 1; i <= count; i++)
        {
            foreach (var asset in assets)
            {
                while (!TryPost(asset, i))
                {
                    await Runtime.WaitForRoomAsync(asset, Patience);
                }
            }
        }
    }

    private bool TryPost(AssetHandle asset, int number)
    {
        var at = new Instant(Now.UnixMilliseconds - 3_600_000 + (number * 100L));
        return Post(asset, number, new Reading(at, number, (uint)number, Catalog.Id("activePower"), Quality.Good, ReadingOrigin.None));
    }

    private bool Post(AssetHandle asset, long position, Reading reading) => Runtime.TryPost(new ReadingBatch(asset, Now, 1, position, [reading]));
}
