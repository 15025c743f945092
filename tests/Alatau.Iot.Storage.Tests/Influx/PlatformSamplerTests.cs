using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>The ledger and the platform's counters, read back from the real 1.x.</summary>
public sealed class PlatformSamplerTests(InfluxFixture influx)
{
    private readonly Ledger _ledger = new();
    private readonly AssetDirectory _assets = new();
    private readonly Dictionary<AssetHandle, AssetSnapshot> _heard = [];

    [Fact]
    public async Task Sample_Running_WritesLedgerByRouteAndCountersByLabel()
    {
        string name = influx.Database.NextName();
        string database = name + "_1m";
        byte mqtt = _ledger.Route("mqtt");
        _ledger.Route("http");
        _ledger.Received(mqtt, 10);
        _ledger.Stored(mqtt, 6);
        _ledger.Duplicate(mqtt, 2);
        _ledger.Quarantined(mqtt);
        using var sampler = Sampler(name);
        await sampler.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await HasRowsAsync(database, "platform", 3));
        await sampler.StopAsync(TestContext.Current.CancellationToken);

        var rows = await influx.Database.QueryAsync(database, "SELECT * FROM \"ledger\" WHERE \"route\" = 'mqtt' LIMIT 1");
        Assert.Equal([10d, 6, 2, 1, 1, 0], ((string[])["received", "stored", "duplicate", "quarantined", "waiting", "unaccounted"]).Select(field => rows[0][field].GetDouble()));
        Assert.Single(await influx.Database.QueryAsync(database, "SELECT * FROM \"ledger\" WHERE \"route\" = 'http' LIMIT 1"));
        Assert.Equal(3, (await influx.Database.QueryAsync(database, "SELECT \"collections\" FROM \"platform\" WHERE \"generation\" = '0' LIMIT 1"))[0]["collections"].GetDouble());
        Assert.Equal(5, (await influx.Database.QueryAsync(database, "SELECT \"collections\" FROM \"platform\" WHERE \"generation\" = 'one, = two' LIMIT 1"))[0]["collections"].GetDouble());
        Assert.Equal(7, (await influx.Database.QueryAsync(database, "SELECT \"assets\" FROM \"platform\" LIMIT 1"))[0]["assets"].GetDouble());
    }

    [Fact]
    public async Task Sample_AssetsWithCoordinates_AreToldForMapsWithHowTheyAreDoing()
    {
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", "m-1"), "Mall", AssetKind.Meter) { Latitude = 43.44125, Longitude = 77.02 }, out var mall));
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", "m-3"), "Depot", AssetKind.Meter) { Latitude = 43.45, Longitude = 77.03 }, out _));
        var alarm = new AlarmView("a", AssetId.Of("gate", "m-1"), "voltage-high", "High", AlarmSeverity.High, AlarmState.Unacknowledged, new Instant(0), new Instant(0), 254, "", "");
        _heard[mall] = new AssetSnapshot(mall, Instant.Now(TimeProvider.System) - TimeSpan.FromMinutes(2), Instant.Now(TimeProvider.System), [], [alarm], 7);
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of("gate", "m-2"), "Hotel", AssetKind.Meter), out _));
        string name = influx.Database.NextName();
        using var sampler = Sampler(name);
        await sampler.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await HasRowsAsync(name + "_1m", "asset", 2));
        await sampler.StopAsync(TestContext.Current.CancellationToken);

        var rows = await influx.Database.QueryAsync(name + "_1m", "SELECT * FROM \"asset\"");
        Assert.Equal(["m-1", "m-3"], rows.Select(each => each["asset"].GetString()).Order(StringComparer.Ordinal));
        var silent = rows.Single(each => each["asset"].GetString() == "m-3");
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (silent["alarms"].ValueKind, silent["age"].ValueKind));
        var row = rows.Single(each => each["asset"].GetString() == "m-1");
        Assert.Equal(1, row["alarms"].GetDouble());
        Assert.InRange(row["age"].GetDouble(), 120, 3_600);
        Assert.Equal(("gate", "m-1", "meter"), (row["site"].GetString(), row["asset"].GetString(), row["kind"].GetString()));
        Assert.Equal((43.44125, 77.02), (row["latitude"].GetDouble(), row["longitude"].GetDouble()));
    }

    [Fact]
    public async Task Sample_DatabaseDroppedAndBack_SendsWhatItHeld()
    {
        string name = influx.Database.NextName();
        string database = name + "_1m";
        using var sampler = Sampler(name);
        _ledger.Route("mqtt");
        await sampler.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await HasRowsAsync(database, "ledger", 1));
        await influx.Database.QueryAsync(database, $"DROP DATABASE \"{database}\"");
        int asked = _source.Count;
        await Eventually.TrueAsync(() => _source.Count >= asked + 3);
        await influx.Database.QueryAsync(database, $"CREATE DATABASE \"{database}\"");
        await Eventually.TrueAsync(async () => await HasRowsAsync(database, "ledger", 3));
        await sampler.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Start_BeforeTheStore_MakesItsDatabaseWithTheRetentionOfTheSettingsAndSaysWhereAnotherDiffers()
    {
        string name = influx.Database.NextName();
        await influx.Database.QueryAsync("", $"CREATE DATABASE \"{name}_15m\" WITH DURATION 48h NAME \"two_days\"");
        using var sampler = Sampler(name);
        await sampler.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => await HasRowsAsync(name + "_1m", "ledger", 0));
        await Eventually.TrueAsync(() => _log.Lines.Count > 0);
        await sampler.StopAsync(TestContext.Current.CancellationToken);

        var policy = Assert.Single(await influx.Database.QueryAsync("", $"SHOW RETENTION POLICIES ON \"{name}_1m\""));
        Assert.Equal(("autogen", "9600h0m0s", "720h0m0s"), (policy["name"].GetString(), policy["duration"].GetString(), policy["shardGroupDuration"].GetString()));
        Assert.Equal($"Database {name}_15m keeps 2 days instead of 730 days. Cure: 'alatau influx setup' does it (keeps 730 days).", Assert.Single(_log.Lines));
        Assert.Equal("48h0m0s", Assert.Single(await influx.Database.QueryAsync("", $"SHOW RETENTION POLICIES ON \"{name}_15m\""))["duration"].GetString());
    }

    private async Task<bool> HasRowsAsync(string database, string measurement, int rows)
    {
        var databases = await influx.Database.QueryAsync("", "SHOW DATABASES");
        return databases.Any(row => row["name"].GetString() == database) && (await influx.Database.QueryAsync(database, $"SELECT * FROM \"{measurement}\"")).Count >= rows;
    }

    private readonly CountingSource _source = new();

    private readonly HeardLog<PlatformSampler> _log = new();

    private ValueTask<IReadOnlyList<AssetSnapshot>> HeardAsync(IReadOnlyList<AssetHandle> assets, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<AssetSnapshot>>([.. assets.Where(_heard.ContainsKey).Select(asset => _heard[asset])]);

    private PlatformSampler Sampler(string database) =>
        new(new InfluxOptions { Url = influx.Database.Uri, Database = database, SampleSeconds = 1 }, new RetentionOptions { OneMinuteDays = 400 }, _ledger, [_source], _assets, HeardAsync, TimeProvider.System, _log);

    private sealed class CountingSource : IMetricSource
    {
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        public void WriteMetrics(IMetricWriter writer)
        {
            writer.Counter("collections", "Help.", 3, ("generation", "0"));
            writer.Counter("collections", "Help.", 5, ("generation", "one, = two"));
            writer.Gauge("assets", "Help.", 7);
            writer.Gauge("nothing", "Help.", double.NaN, ("empty", ""));
            Interlocked.Increment(ref _count);
        }
    }
}
