using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Influx;
using Alatau.Iot.Storage.Influx.Sites;
using Alatau.Iot.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>Sums of sites against the real 1.6.7.</summary>
public sealed class SiteRollUpTests(InfluxFixture influx)
{
    private static readonly Instant s_hour = new(1_795_323_600_000);

    private readonly AssetDirectory _assets = new();
    private readonly MeasurandCatalog _measurands = new();
    private readonly HistoryBatch _batch = new();

    [Fact]
    public async Task Windows_OfManyAssets_AreSummedBySiteKindAndMeasurandAndAgainWhenCorrected()
    {
        string name = influx.Database.NextName();
        var options = new InfluxOptions { Url = influx.Database.Uri, Database = name };
        await using var store = new InfluxHistoryStore(options, InfluxFixture.ForEver, _assets, _measurands);
        await store.OpenAsync(Token);
        using var rollUp = new SiteRollUp(store, options, [], TimeProvider.System, NullLogger<SiteRollUp>.Instance);
        await rollUp.StartAsync(Token);

        Add("gate", "meter-1", AssetKind.Meter, "activePower", s_hour, mean: 1000, delta: 0);
        Add("gate", "meter-2", AssetKind.Meter, "activePower", s_hour, mean: -400, delta: 0);
        Add("gate", "meter-1", AssetKind.Meter, "energyImport", s_hour, mean: 5, delta: 700);
        Add("gate", "meter-2", AssetKind.Meter, "energyImport", s_hour, mean: 5, delta: 30);
        Add("gate", "pv", AssetKind.Solar, "activePower", s_hour, mean: 250, delta: 0);
        Add("green", "meter-3", AssetKind.Meter, "activePower", s_hour, mean: 20, delta: 0);
        Add("green", "meter-3", AssetKind.Meter, "activePower", s_hour + TimeSpan.FromHours(1), mean: 30, delta: 0);
        Add("gate", "meter-1", AssetKind.Meter, "frequency", s_hour, mean: 50, delta: 0);
        Assert.Empty(await store.WriteAsync(_batch, Token));

        var sums = await UntilAsync(name, rows => rows.Count == 5);
        Assert.Equal(
            ["gate meter activePower 0 2 600 1000 0", "gate meter energyImport 0 2 10  730", "gate solar activePower 0 1 250 250 0", "green meter activePower 0 1 20 20 0", "green meter activePower 1 1 30 30 0"],
            sums);

        // The correction comes alone, hours later.
        _batch.Clear();
        Add("gate", "meter-2", AssetKind.Meter, "activePower", s_hour, mean: 100, delta: 0, revision: 1);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Contains("gate meter activePower 0 2 1100 1100 0", await UntilAsync(name, rows => rows[0] != sums[0]));
        await rollUp.StopAsync(Token);
    }

    [Fact]
    public async Task Start_WindowsThatWereStoredBeforeAKill_AreSummed()
    {
        string name = influx.Database.NextName();
        var options = new InfluxOptions { Url = influx.Database.Uri, Database = name };
        var hour = new Instant(Instant.Now(TimeProvider.System).UnixMilliseconds / 3_600_000 * 3_600_000) - TimeSpan.FromHours(3);
        await using var store = new InfluxHistoryStore(options, InfluxFixture.ForEver, _assets, _measurands);
        await store.OpenAsync(Token);
        Add("gate", "meter-1", AssetKind.Meter, "activePower", hour, mean: 70, delta: 0);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.Equal(1, store.Touched.Count);

        await using var next = new InfluxHistoryStore(options, InfluxFixture.ForEver, _assets, _measurands);
        await next.OpenAsync(Token);
        using var rollUp = new SiteRollUp(next, options, [], TimeProvider.System, NullLogger<SiteRollUp>.Instance);
        await rollUp.StartAsync(Token);
        await UntilAsync(name, rows => rows.Count == 1);
        await rollUp.StopAsync(Token);
    }

    [Fact]
    public async Task Hours_OfLocalDays_BecomeADayOfEachAssetAndOfTheSiteAndAgainWhenCorrected()
    {
        string name = influx.Database.NextName();
        var options = new InfluxOptions { Url = influx.Database.Uri, Database = name };
        await using var store = new InfluxHistoryStore(options, InfluxFixture.ForEver, _assets, _measurands);
        await store.OpenAsync(Token);
        var kathmandu = new Site("kathmandu", "Kathmandu", TimeZoneInfo.FindSystemTimeZoneById("Asia/Kathmandu"), null, null);
        using var rollUp = new SiteRollUp(store, options, [kathmandu], TimeProvider.System, NullLogger<SiteRollUp>.Instance);
        await rollUp.StartAsync(Token);

        // Two hours of 20 November in Almaty (UTC+5), and the first of the 21st.
        var midnight = new Instant(DateTimeOffset.Parse("2026-11-20T19:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        Add("gate", "pv", AssetKind.Solar, "energyProduced", midnight - TimeSpan.FromHours(8), mean: 100, delta: 600, count: 10);
        Add("gate", "pv", AssetKind.Solar, "energyProduced", midnight - TimeSpan.FromHours(1), mean: 400, delta: 900, count: 20);
        Add("gate", "pv", AssetKind.Solar, "energyProduced", midnight, mean: 500, delta: 50);

        // Midnight of Nepal is a quarter past the hour of UTC.
        var nepal = new Instant(DateTimeOffset.Parse("2026-11-20T18:15:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds());
        Add("kathmandu", "m", AssetKind.Meter, "energyImport", nepal, mean: 1, delta: 7, span: WindowSpan.QuarterHour);
        Add("kathmandu", "m", AssetKind.Meter, "energyImport", nepal - TimeSpan.FromMinutes(15), mean: 1, delta: 8, span: WindowSpan.QuarterHour);
        Add("kathmandu", "m", AssetKind.Meter, "energyImport", nepal - TimeSpan.FromMinutes(15), mean: 1, delta: 15, span: WindowSpan.OneHour);
        Assert.Empty(await store.WriteAsync(_batch, Token));

        string first = $"gate pv 1500 300 {2 / 24.0:0.0000} 0 {1500.0 / 12_000}";
        string[] days = await DaysUntilAsync(name, rows => rows.Length == 4 && rows[0] == first);
        Assert.Equal(midnight - TimeSpan.FromHours(24), _read[0]);
        Assert.Equal([first, $"gate pv 50 500 {1 / 24.0:0.0000} 0 {50.0 / 12_000}", "kathmandu m 8 1 0.0104 0 ", "kathmandu m 7 1 0.0104 0 "], days);
        Assert.Equal([midnight - TimeSpan.FromHours(24), midnight, nepal - TimeSpan.FromHours(24), nepal], _read);
        var site = await influx.Database.QueryAsync(name + "_1d", "SELECT \"delta\", \"assets\" FROM \"site\" WHERE \"site\" = 'gate'");
        Assert.Equal([(1500d, 1d), (50d, 1d)], site.Select(row => (row["delta"].GetDouble(), row["assets"].GetDouble())));

        _batch.Clear();
        Add("gate", "pv", AssetKind.Solar, "energyProduced", midnight - TimeSpan.FromHours(8), mean: 100, delta: 700, revision: 1, count: 10);
        Assert.Empty(await store.WriteAsync(_batch, Token));
        Assert.StartsWith("gate pv 1600 300 ", (await DaysUntilAsync(name, rows => rows.Length == 4 && rows[0] != first))[0], StringComparison.Ordinal);
        await rollUp.StopAsync(Token);
    }

    private Instant[] _read = [];

    private async Task<string[]> DaysUntilAsync(string name, Func<string[], bool> holds)
    {
        string[] found = [];
        await Eventually.TrueAsync(async () =>
        {
            var rows = (await influx.Database.QueryAsync(name + "_1d", "SELECT * FROM \"window\" WHERE \"span\" = '1d'")).OrderBy(row => row["site"].GetString(), StringComparer.Ordinal).ThenBy(row => row["time"].GetInt64()).ToList();
            _read = [.. rows.Select(row => new Instant(row["time"].GetInt64()))];
            found = [.. rows.Select(row => FormattableString.Invariant($"{row["site"]} {row["asset"]} {row["delta"]} {row["mean"]} {row["completeness"].GetDouble():0.0000} {row["quality"]} {(row.TryGetValue("yield", out var yield) ? yield : default)}"))];
            return holds(found);
        });
        return found;
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<List<string>> UntilAsync(string name, Func<List<string>, bool> holds)
    {
        List<string> found = [];
        await Eventually.TrueAsync(async () =>
        {
            var rows = await influx.Database.QueryAsync(name + "_1h", "SELECT * FROM \"site\"");
            found = [.. rows.Select(row => $"{row["site"]} {row["kind"]} {row["measurand"]} {(row["time"].GetInt64() - s_hour.UnixMilliseconds) / 3_600_000} {row["assets"]} {row["mean"]} {(row.TryGetValue("positive", out var positive) ? positive : default)} {row["delta"]}").Order(StringComparer.Ordinal)];
            return found.Count > 0 && holds(found);
        });
        return found;
    }

    private void Add(string site, string asset, AssetKind kind, string measurand, Instant start, double mean, double delta, ushort revision = 0, int count = 60, WindowSpan span = WindowSpan.OneHour)
    {
        Assert.True(_assets.TryRegister(new Asset(AssetId.Of(site, asset), asset, kind) { RatedPowerWatts = 10_000, Attributes = new Dictionary<string, string>(StringComparer.Ordinal) { ["peakWatts"] = "12000" } }, out var handle));
        _batch.Windows.Add(new WindowRow(handle, new WindowUpdate(_measurands.Id(measurand), new Window(span, start), new WindowSummary(count, mean, mean, mean, mean, delta, 1, revision, Quality.Good))));
    }
}
