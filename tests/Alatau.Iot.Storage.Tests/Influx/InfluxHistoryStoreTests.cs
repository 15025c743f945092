using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>What the real 1.x answers to bad lines, bad callers and its own death.</summary>
public sealed class InfluxHistoryStoreTests(InfluxFixture influx)
{
    private static readonly Instant s_start = new(1_795_323_600_000);

    private static readonly string[] s_tiers = ["", "_1m", "_15m", "_1h", "_1d", "_alarms"];

    private readonly AssetDirectory _assets = new();
    private readonly MeasurandCatalog _measurands = new();
    private readonly HistoryBatch _batch = new();

    [Fact]
    public async Task WriteAsync_OneInstant_IsOneLineWithEveryField()
    {
        string name = influx.Database.NextName();
        await using var store = await OpenAsync(new InfluxOptions { Url = influx.Database.Uri, Database = name });
        Add("meter-1", "activePower", 0, 1234.5);
        Add("meter-1", "voltage.l1", 0, 230, Quality.Uncertain);
        Add("meter-1", "co2", 0, 99, Quality.Bad);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        var row = Assert.Single(await influx.Database.QueryAsync(name, "SELECT * FROM \"reading\""));
        Assert.Equal("activePower,asset,co2.bad,kind,site,time,voltage.l1,voltage.l1.quality", string.Join(',', row.Keys.Order(StringComparer.Ordinal)));
        Assert.Equal((1234.5, 230, 2, 99, "gate", "meter-1"), (row["activePower"].GetDouble(), row["voltage.l1"].GetDouble(), row["voltage.l1.quality"].GetDouble(), row["co2.bad"].GetDouble(), row["site"].GetString(), row["asset"].GetString()));
    }

    [Fact]
    public async Task WriteAsync_AssetOfAKind_TagsReadingsAndWindowsWithIt()
    {
        string name = influx.Database.NextName();
        await using var store = await OpenAsync(new InfluxOptions { Url = influx.Database.Uri, Database = name });
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("green", "pv-park"), "Park", AssetKind.Solar), out var park));
        _batch.Readings.Add(new ReadingRow(park, _measurands.Id("activePower"), Quality.Good, s_start, 5));
        _batch.Windows.Add(new WindowRow(park, new WindowUpdate(_measurands.Id("activePower"), new Window(WindowSpan.OneMinute, s_start), new WindowSummary(1, 5, 5, 5, 5, 0, 1, 0, Quality.Good))));
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Single(await influx.Database.QueryAsync(name, "SELECT * FROM \"reading\" WHERE \"kind\" = 'solar'"));
        Assert.Single(await influx.Database.QueryAsync(name + "_1m", "SELECT * FROM \"window\" WHERE \"kind\" = 'solar'"));
    }

    [Fact]
    public async Task ReadSeriesAsync_WindowOfWhichTheDatabaseShowsOnlyAPart_IsNotYetAPoint()
    {
        string name = influx.Database.NextName();
        await using var store = await OpenAsync(new InfluxOptions { Url = influx.Database.Uri, Database = name });
        const string tags = "window,site=gate,asset=meter-1,measurand=activePower,span=1h";
        const string whole = "count=2,min=1,max=3,mean=2,last=3,delta=0,revision=0,quality=0";
        long hour = (long)TimeSpan.FromHours(1).TotalMilliseconds;
        string[] lines =
        [
            $"{tags} {whole} {s_start.UnixMilliseconds}",
            $"{tags} count=2,min=1 {s_start.UnixMilliseconds + hour}",
            $"{tags} {whole} {s_start.UnixMilliseconds + (2 * hour)}",
            $"{tags} {whole} {s_start.UnixMilliseconds + (3 * hour)}",
        ];
        Assert.Equal(204, (await influx.Database.WriteAsync(name + "_1h", string.Join('\n', lines))).Status);
        var query = new SeriesQuery(AssetId.Of("gate", "meter-1"), _measurands.Id("activePower"), s_start, s_start + TimeSpan.FromDays(1), WindowSpan.OneHour, 3);
        var page = await store.ReadSeriesAsync(query, Token);
        Assert.Equal([(s_start, 2.0), (s_start + TimeSpan.FromHours(2), 2.0)], page.Points.Select(point => (point.At, point.Value)));
        Assert.Equal(s_start + TimeSpan.FromHours(3), page.Next);
    }

    [Fact]
    public void Of_EveryKind_IsItsNameInLowerCamel() =>
        Assert.All(Enum.GetValues<AssetKind>(), kind => Assert.Equal(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()), InfluxNames.Of(kind)));

    [Fact]
    public async Task WriteAsync_FieldOfAnotherType_IsRefusedAloneWithTheDatabasesWords()
    {
        string name = influx.Database.NextName();
        await using var store = await OpenAsync(new InfluxOptions { Url = influx.Database.Uri, Database = name, LinesPerRequest = 64 });
        Assert.Equal(204, (await influx.Database.WriteAsync(name, $"reading,site=other,asset=x co2=\"text\" {s_start.UnixMilliseconds}")).Status);
        for (int i = 0; i < 200; i++)
        {
            Add("meter-1", "activePower", i, i);
            if (i % 50 == 7)
            {
                Add("meter-1", "co2", i, 400);
            }

            Add("meter-1", "voltage.l1", i, 230);
        }

        var rejected = await store.WriteAsync(_batch, Token);
        Assert.Equal(4, rejected.Count);
        Assert.All(rejected, row => Assert.Matches("^reading,site=gate,asset=meter-1,kind=[a-z]+ co2=400 \\d+$", row.Line));
        Assert.All(rejected, row => Assert.Contains("already exists as type string", row.Reason, StringComparison.Ordinal));
        Assert.Equal(200, (await ReadAsync(store, "activePower")).Count);
        Assert.Equal(200, (await ReadAsync(store, "voltage.l1")).Count);
    }

    [Fact]
    public async Task WriteAsync_LinesOlderThanTheDatabaseKeeps_AreRefusedAndTheOthersStored()
    {
        string name = influx.Database.NextName();
        await using var store = await OpenAsync(new InfluxOptions { Url = influx.Database.Uri, Database = name });
        await influx.Database.QueryAsync(name, $"ALTER RETENTION POLICY autogen ON \"{name}\" DURATION 1000d");
        var now = Instant.Now(TimeProvider.System);
        for (int i = 0; i < 100; i++)
        {
            var at = i is 13 or 14 or 77 ? Instant.EarliestPlausible + TimeSpan.FromSeconds(i) : now - TimeSpan.FromSeconds(i);
            _batch.Readings.Add(new ReadingRow(Handle("meter-1"), _measurands.Id("activePower"), Quality.Good, at, i));
        }

        var rejected = await store.WriteAsync(_batch, Token);
        Assert.Equal(["activePower=13", "activePower=14", "activePower=77"], rejected.Select(row => row.Line.Split(' ')[1]).Order(StringComparer.Ordinal));
        Assert.All(rejected, row => Assert.Contains("retention policy", row.Reason, StringComparison.Ordinal));
        Assert.Equal(97, (await ReadAsync(store, "activePower")).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WriteAsync_BodyTooLong_IsSplitUntilItFits(bool gzip)
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        await using var small = await InfluxDatabase.StartAsync(maximumBodyBytes: 10_000);
        await using var store = await OpenAsync(new InfluxOptions { Url = small.Uri, Gzip = gzip });
        for (int i = 0; i < 3000; i++)
        {
            Add("meter-1", "activePower", i, i);
        }

        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(3000, (await ReadAsync(store, "activePower")).Count);
    }

    [Fact]
    public async Task WriteAsync_DatabaseIsKilledAndComesBack_HasWhatItAcknowledged()
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();
        await using var store = await OpenAsync(new InfluxOptions { Url = database.Uri });
        for (int i = 0; i < 2000; i++)
        {
            Add("meter-1", "activePower", i, i);
        }

        Assert.Empty(await store.WriteAsync(_batch, Token));
        await database.KillAsync();
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.WriteAsync(_batch, Token));
        Assert.True(failure.IsTransient);
        Assert.Contains("can't be reached", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.CheckAsync(Token));
        await database.RestartAsync();
        Assert.Null(await store.CheckAsync(Token));
        Assert.Equal(2000, (await ReadAsync(store, "activePower")).Count);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(2000, (await ReadAsync(store, "activePower")).Count);
    }

    [Fact]
    public async Task WriteRollUpsAsync_EnergyOfAPlaceWithAFloor_SaysItPerArea()
    {
        string name = influx.Database.NextName();
        Place[] places = [new(AssetId.Of("gate", "mall"), "Mall", PlaceKind.Building) { FloorSquareMetres = 2500 }, new(AssetId.Of("gate", "hotel"), "Hotel", PlaceKind.Building)];
        await using var store = new InfluxHistoryStore(new InfluxOptions { Url = influx.Database.Uri, Database = name }, InfluxFixture.ForEver, _assets, _measurands, places: places);
        await store.OpenAsync(Token);
        RollUpRow Row(string node, string measurand) => new(node, NodeKind.Building, NodeKind.Meter, _measurands.Id(measurand), new Window(WindowSpan.OneMinute, s_start), new RollUpSummary(12_000, 0, 0, 0, 1, 1, 0, 1, 1, 0, Quality.Good));
        await store.WriteRollUpsAsync([Row("gate/mall", "energyImport"), Row("gate/mall", "activePower"), Row("gate/mall", "volume"), Row("gate/hotel", "energyImport")], Token);

        var row = Assert.Single(await influx.Database.QueryAsync(name + "_1m", "SELECT \"perArea\", \"node\", \"measurand\" FROM \"topology\""));
        Assert.Equal((4.8, "gate/mall", "energyImport"), (row["perArea"].GetDouble(), row["node"].GetString(), row["measurand"].GetString()));
    }

    [Fact]
    public async Task OpenAsync_EmptyServer_MakesEveryTierWithItsRetention()
    {
        string name = influx.Database.NextName();
        await using var store = new InfluxHistoryStore(new InfluxOptions { Url = influx.Database.Uri, Database = name }, new RetentionOptions { AlarmDays = 3650 }, _assets, _measurands);
        await store.OpenAsync(Token);
        Assert.Equal(["720h0m0s 168h0m0s", "2160h0m0s 168h0m0s", "17520h0m0s 720h0m0s", "0s 8736h0m0s", "0s 8736h0m0s", "87600h0m0s 720h0m0s"], await PoliciesAsync(name));
    }

    [Fact]
    public async Task OpenAsync_ByAUserWithoutTheRightToCreate_RunsOnDatabasesThatAreThereAndLeavesThemAsTheyAre()
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        await using var guarded = await InfluxDatabase.StartAsync(withAuthentication: true);
        await guarded.QueryAsync("", "CREATE USER admin WITH PASSWORD 'secret' WITH ALL PRIVILEGES");
        var asAdmin = new InfluxOptions { Url = guarded.Uri, Username = "admin", Password = "secret" };
        await (await OpenAsync(asAdmin)).DisposeAsync();
        using var admin = new InfluxConnection(asAdmin);
        await admin.QueryAsync(null, "CREATE USER platform WITH PASSWORD 'other'", Token);
        foreach (string suffix in s_tiers)
        {
            await admin.QueryAsync(null, $"GRANT ALL ON \"telemetry{suffix}\" TO platform", Token);
        }

        // Another retention than the one they were made with.
        await using var store = new InfluxHistoryStore(new InfluxOptions { Url = guarded.Uri, Username = "platform", Password = "other" }, new RetentionOptions(), _assets, _measurands);
        await store.OpenAsync(Token);
        Add("meter-1", "activePower", 0, 1);
        Assert.Empty(await store.WriteAsync(_batch, Token));

        await admin.QueryAsync(null, "DROP DATABASE \"telemetry_15m\"", Token);
        await using var next = new InfluxHistoryStore(new InfluxOptions { Url = guarded.Uri, Username = "platform", Password = "other" }, new RetentionOptions(), _assets, _measurands);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await next.OpenAsync(Token));
        Assert.False(failure.IsTransient);
        Assert.Contains("CREATE DATABASE", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Cure: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_NobodyListens_IsTransient()
    {
        await using var store = Create(new InfluxOptions { Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort.Take()}")) });
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.OpenAsync(Token));
        Assert.True(failure.IsTransient);
        Assert.Contains("Storage:Influx:Url", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_WrongPassword_NeedsAPersonAndSaysWhat()
    {
        Assert.SkipWhen(InfluxDatabase.Missing is not null, InfluxDatabase.Missing ?? "");
        await using var guarded = await InfluxDatabase.StartAsync(withAuthentication: true);
        await guarded.QueryAsync("", "CREATE USER admin WITH PASSWORD 'secret' WITH ALL PRIVILEGES");
        await using var wrong = Create(new InfluxOptions { Url = guarded.Uri, Username = "admin", Password = "other" });
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await wrong.OpenAsync(Token));
        Assert.False(failure.IsTransient);
        Assert.Contains("answered 401", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("other", failure.Message, StringComparison.Ordinal);
        await using var right = await OpenAsync(new InfluxOptions { Url = guarded.Uri, Username = "admin", Password = "secret" });
        Add("meter-1", "activePower", 0, 1);
        Assert.Empty(await right.WriteAsync(_batch, Token));
    }

    [Fact]
    public async Task WriteAsync_DatabaseWasDropped_NeedsAPersonAndSaysWhat()
    {
        string name = influx.Database.NextName();
        await using var store = await OpenAsync(new InfluxOptions { Url = influx.Database.Uri, Database = name });
        await influx.Database.QueryAsync(name, $"DROP DATABASE \"{name}\"");
        Add("meter-1", "activePower", 0, 1);
        var failure = await Assert.ThrowsAsync<StoreException>(async () => await store.WriteAsync(_batch, Token));
        Assert.False(failure.IsTransient);
        Assert.Contains("answered 404", failure.Message, StringComparison.Ordinal);
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<IEnumerable<string>> PoliciesAsync(string name)
    {
        var policies = new List<string>();
        foreach (string suffix in s_tiers)
        {
            var policy = Assert.Single(await influx.Database.QueryAsync("", $"SHOW RETENTION POLICIES ON \"{name}{suffix}\""));
            policies.Add($"{policy["duration"].GetString()} {policy["shardGroupDuration"].GetString()}");
        }

        return policies;
    }

    private InfluxHistoryStore Create(InfluxOptions options) => new(options, InfluxFixture.ForEver, _assets, _measurands);

    private async Task<InfluxHistoryStore> OpenAsync(InfluxOptions options)
    {
        var store = Create(options);
        await store.OpenAsync(Token);
        return store;
    }

    private AssetHandle Handle(string asset)
    {
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", asset), asset, AssetKind.Meter), out var handle));
        return handle;
    }

    private void Add(string asset, string measurand, int second, double value, Quality quality = Quality.Good) =>
        _batch.Readings.Add(new ReadingRow(Handle(asset), _measurands.Id(measurand), quality, s_start + TimeSpan.FromSeconds(second), value));

    private async Task<IReadOnlyList<SeriesPoint>> ReadAsync(InfluxHistoryStore store, string measurand) =>
        (await store.ReadSeriesAsync(new SeriesQuery(AssetId.Of("gate", "meter-1"), _measurands.Id(measurand), Instant.MinValue, Instant.MaxValue, null, 100_000), Token)).Points;
}
