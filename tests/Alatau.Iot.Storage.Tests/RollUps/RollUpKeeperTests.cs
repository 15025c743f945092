using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.RollUps;
using Alatau.Iot.Storage.Sqlite;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.RollUps;

/// <summary>Windows of three meters below a feeder, in a real store: what the keeper says and writes of the feeder, its site and the city.</summary>
public sealed class RollUpKeeperTests : IAsyncDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(250);
    private static readonly Instant s_past = new(1_795_323_600_000);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly AssetDirectory _assets = new();
    private readonly MeasurandCatalog _measurands = new();
    private readonly AssetUpdate _update = new();
    private readonly SqliteHistoryStore _store;
    private readonly Topology _topology;
    private readonly HistoryBatch _recorded = new();
    private RollUpStaging _staging;
    private RollUpKeeper _keeper;

    public RollUpKeeperTests()
    {
        var assets = new List<Asset> { new(AssetId.Of("gate", "feeder"), "Feeder", AssetKind.Feeder) };
        assets.AddRange(Enumerable.Range(1, 3).Select(i => new Asset(AssetId.Of("gate", $"m{i}"), $"m{i}", AssetKind.Meter)));
        assets.ForEach(a => _assets.TryRegister(a, out _));
        var links = assets.Skip(1).Select(a => new Link(LinkRelation.FedBy, a.Id, assets[0].Id, Instant.MinValue, Instant.MaxValue)).ToList();
        var fleet = new Fleet("f", [new Site("gate", "Gate", TimeZoneInfo.Utc, null, null)], assets, [], new Dictionary<AssetId, AssetId>()) { City = new City("alatau", "Alatau"), Links = links };
        _topology = Topology.Of([fleet], _assets);
        _store = new SqliteHistoryStore(new SqliteStoreOptions(), new RetentionOptions(), _folder.Path, _assets, _measurands);
        (_staging, _keeper) = Create();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Instant Later => Instant.Now(_time) + TimeSpan.FromHours(2);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Windows_OfThreeMeters_AreSummedByDifferenceUpToTheCity()
    {
        await StartAsync();
        var at = Window.Holding(Later, WindowSpan.OneMinute).Start;
        await PublishAsync(1, at, 100, 0);
        await PublishAsync(2, at, 250, 0);
        await SettleAsync(async () => (await StoredAsync("alatau", at))?.Members == 2);
        await PublishAsync(3, at, -50, 0);
        await SettleAsync(async () => (await StoredAsync("alatau", at))?.Members == 3);

        var feeder = (await StoredAsync("gate/feeder", at))!.Value;
        Assert.Equal((300, 3, 1), (feeder.Sum, feeder.Members, feeder.Revision));
        Assert.Equal(300, (await StoredAsync("gate", at))!.Value.Sum);
        Assert.True(_topology.TryFind("alatau", out var city));
        var live = Assert.Single(_keeper.Latest(city, WindowSpan.OneMinute, at + TimeSpan.FromMinutes(1)));
        Assert.Equal((300, 3), (live.Summary.Sum, live.Summary.Expected));
    }

    [Fact]
    public async Task Correction_OfAWindowJustPublished_MovesItsBranchesByTheDifference()
    {
        await StartAsync();
        var at = Window.Holding(Later, WindowSpan.OneMinute).Start;

        // Nothing of it is recorded: whoever asked the store would find nothing.
        Stage(1, at, 100, 0);
        Stage(2, at, 250, 0);
        await SettleAsync(async () => (await StoredAsync("alatau", at))?.Sum == 350);
        Stage(1, at, 130, 1, before: 100);

        await SettleAsync(async () => (await StoredAsync("alatau", at))?.Sum == 380);
        Assert.Equal((380, 2), ((await StoredAsync("gate/feeder", at))!.Value.Sum, (await StoredAsync("gate/feeder", at))!.Value.Members));
    }

    [Fact]
    public async Task Correction_OfAWindowOfLongAgo_IsSummedAgainFromTheStore()
    {
        await PublishAsync(1, s_past, 100, 0, isStaged: false);
        await PublishAsync(2, s_past, 200, 0, isStaged: false);
        await StartAsync();
        await PublishAsync(1, s_past, 130, 1);

        await SettleAsync(async () => (await StoredAsync("alatau", s_past))?.Sum == 330);
        Assert.Equal(330, (await StoredAsync("gate/feeder", s_past))!.Value.Sum);
    }

    [Fact]
    public async Task Kill_BetweenCheckpointAndWriting_ForgetsNothing()
    {
        await StartAsync();
        var at = Window.Holding(Later, WindowSpan.OneMinute).Start;
        await PublishAsync(1, at, 100, 0);
        _keeper.MakeDurable();
        await PublishAsync(2, at, 250, 0);
        await StopAsync();
        Assert.Null(await StoredAsync("alatau", at));

        // Of the first only the name on disk tells; the second comes again by the replay.
        _time.Advance(TimeSpan.FromHours(3));
        (_staging, _keeper) = Create();
        Stage(2, at, 250, 0);
        await StartAsync();

        await SettleAsync(async () => (await StoredAsync("alatau", at))?.Sum == 350);
        var feeder = (await StoredAsync("gate/feeder", at))!.Value;
        Assert.Equal((350, 2), (feeder.Sum, feeder.Members));
    }

    private (RollUpStaging Staging, RollUpKeeper Keeper) Create()
    {
        var staging = new RollUpStaging(_topology, 1);
        return (staging, new RollUpKeeper(_topology, _assets, _measurands, staging, _store, RecordAsync, _folder.Path, TimeSpan.FromMinutes(5), _time, NullLogger<RollUpKeeper>.Instance));
    }

    private async Task StartAsync()
    {
        await _store.OpenAsync(Token);
        await _keeper.StartAsync(Token);
    }

    private async Task StopAsync()
    {
        await _keeper.StopAsync(CancellationToken.None);
        _keeper.Dispose();
    }

    private Task SettleAsync(Func<Task<bool>> condition) => Eventually.TrueAsync(() =>
    {
        _time.Advance(s_step);
        return condition();
    });

    private async Task<RollUpSummary?> StoredAsync(string node, Instant at)
    {
        var page = await _store.ReadRollUpsAsync(new RollUpQuery(node, NodeKind.Meter, _measurands.Id("activePower"), WindowSpan.OneMinute, at, at + TimeSpan.FromMinutes(1), 1), Token);
        return page.Points.Count == 0 ? null : page.Points[0].Summary;
    }

    /// <summary>As the shard does: staged, then recorded.</summary>
    private async Task PublishAsync(int meter, Instant at, double watts, ushort revision, bool isStaged = true)
    {
        var row = Stage(meter, at, watts, revision, isStaged);
        await _store.OpenAsync(Token);
        lock (_recorded)
        {
            _recorded.Windows.Add(row);
        }
    }

    private WindowRow Stage(int meter, Instant at, double watts, ushort revision, bool isStaged = true, double? before = null)
    {
        Assert.True(_assets.TryFind(AssetId.Of("gate", $"m{meter}"), out var handle));
        var window = Of(watts);
        _update.Reset(handle, at, 0, 0);
        if (before is { } published)
        {
            // As readings come: the window is outdated first, and published again by a later update.
            _update.AddOutdated(Of(published));
            _staging.OnUpdate(0, _update);
            _update.Reset(handle, at, 0, 0);
        }

        _update.Add(in window);
        if (isStaged)
        {
            _staging.OnUpdate(0, _update);
        }

        return new WindowRow(handle, window);

        WindowUpdate Of(double value) => new(_measurands.Id("activePower"), new Window(WindowSpan.OneMinute, at), new WindowSummary(6, -1000, 1000, value, value, 0, 1, revision, Quality.Good));
    }

    private async Task RecordAsync(CancellationToken cancellationToken)
    {
        var batch = new HistoryBatch();
        lock (_recorded)
        {
            batch.Windows.AddRange(_recorded.Windows);
            _recorded.Windows.Clear();
        }

        Assert.Empty(await _store.WriteAsync(batch, cancellationToken));
    }
}
