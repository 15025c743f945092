using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>The ledger and the platform's counters, read back from the real 1.x.</summary>
public sealed class PlatformSamplerTests(InfluxFixture influx)
{
    private readonly Ledger _ledger = new();

    [Fact]
    public async Task Sample_Running_WritesLedgerByRouteAndCountersByLabel()
    {
        string name = influx.Database.NextName();
        await influx.Database.QueryAsync(name, $"CREATE DATABASE \"{name}\"");
        byte mqtt = _ledger.Route("mqtt");
        _ledger.Route("http");
        _ledger.Received(mqtt, 10);
        _ledger.Stored(mqtt, 6);
        _ledger.Duplicate(mqtt, 2);
        _ledger.Quarantined(mqtt);
        using var sampler = Sampler(name);
        await sampler.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await influx.Database.QueryAsync(name, "SELECT * FROM \"platform\"")).Count >= 3);
        await sampler.StopAsync(TestContext.Current.CancellationToken);

        var rows = await influx.Database.QueryAsync(name, "SELECT * FROM \"ledger\" WHERE \"route\" = 'mqtt' LIMIT 1");
        Assert.Equal([10d, 6, 2, 1, 1, 0], ((string[])["received", "stored", "duplicate", "quarantined", "waiting", "unaccounted"]).Select(field => rows[0][field].GetDouble()));
        Assert.Single(await influx.Database.QueryAsync(name, "SELECT * FROM \"ledger\" WHERE \"route\" = 'http' LIMIT 1"));
        Assert.Equal(3, (await influx.Database.QueryAsync(name, "SELECT \"collections\" FROM \"platform\" WHERE \"generation\" = '0' LIMIT 1"))[0]["collections"].GetDouble());
        Assert.Equal(5, (await influx.Database.QueryAsync(name, "SELECT \"collections\" FROM \"platform\" WHERE \"generation\" = 'one, = two' LIMIT 1"))[0]["collections"].GetDouble());
        Assert.Equal(7, (await influx.Database.QueryAsync(name, "SELECT \"assets\" FROM \"platform\" LIMIT 1"))[0]["assets"].GetDouble());
    }

    [Fact]
    public async Task Sample_DatabaseAbsentAtFirst_SendsWhatItHeld()
    {
        string name = influx.Database.NextName();
        using var sampler = Sampler(name);
        _ledger.Route("mqtt");
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _source.Asked = count => _ = count >= 2 && asked.TrySetResult();
        await sampler.StartAsync(TestContext.Current.CancellationToken);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await influx.Database.QueryAsync(name, $"CREATE DATABASE \"{name}\"");
        await Eventually.TrueAsync(async () => (await influx.Database.QueryAsync(name, "SELECT * FROM \"ledger\"")).Count >= 3);
        await sampler.StopAsync(TestContext.Current.CancellationToken);
    }

    private readonly CountingSource _source = new();

    private PlatformSampler Sampler(string database) =>
        new(new InfluxOptions { Url = influx.Database.Uri, Database = database, SampleSeconds = 1 }, _ledger, [_source], TimeProvider.System, NullLogger<PlatformSampler>.Instance);

    private sealed class CountingSource : IMetricSource
    {
        private int _count;

        internal Action<int>? Asked { get; set; }

        public void WriteMetrics(IMetricWriter writer)
        {
            writer.Counter("collections", "Help.", 3, ("generation", "0"));
            writer.Counter("collections", "Help.", 5, ("generation", "one, = two"));
            writer.Gauge("assets", "Help.", 7);
            writer.Gauge("nothing", "Help.", double.NaN, ("empty", ""));
            Asked?.Invoke(++_count);
        }
    }
}
