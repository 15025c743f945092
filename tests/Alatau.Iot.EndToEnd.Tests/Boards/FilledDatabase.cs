using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Boards;

/// <summary>A real InfluxDB, filled over the real road: 25 simulated hours of the district up to now, by MQTT through a running platform.</summary>
public sealed class FilledDatabase : IAsyncLifetime
{
    private const int Hours = 25;
    private readonly TempFolder _folder = new();
    private readonly DevicesCopy _devices = new();
    private InfluxDatabase? _database;

    public InfluxDatabase Database
    {
        get
        {
            Assert.SkipWhen(_database is null, InfluxDatabase.Missing ?? "");
            return _database!;
        }
    }

    public AlatauProcess Platform { get; private set; } = null!;

    /// <summary>First instant of the simulation.</summary>
    public DateTimeOffset From { get; private set; }

    /// <summary>End of the board's time: after the last sample.</summary>
    public DateTimeOffset To { get; private set; }

    /// <summary>What was really published: by asset and measurand the first and the last value.</summary>
    public IReadOnlyDictionary<(string Asset, string Measurand), (double First, double Last)> Truth { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        if (InfluxDatabase.Missing is not null)
        {
            return;
        }

        _database = await InfluxDatabase.StartAsync();
        string[] settings = ["--set", "Storage:Provider=influx", "--set", $"Storage:Influx:Url={_database.Uri}", "--set", "Storage:Influx:SampleSeconds=1", "--set", "Storage:Influx:MapSeconds=1"];
        var (exit, words) = await AlatauProcess.RunToEndAsync(["influx", "setup", .. settings]);
        Assert.True(exit == 0, words);
        _devices.Add("fleets/silent.json", """
            {
              "$schema": "../schemas/fleet.schema.json", "name": "silent", "sites": [ { "name": "growing", "displayName": "Growing District" } ],
              "assets": [ { "id": "growing/went-silent", "kind": "meter", "displayName": "Went silent", "reportingInterval": "5s" } ]
            }
            """);
        Platform = await AlatauProcess.StartAsync("run", [.. settings, "--devices", _devices.Path]);
        var now = TimeProvider.System.GetUtcNow();
        From = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, TimeSpan.Zero) - TimeSpan.FromHours(Hours);
        string truth = Path.Combine(_folder.Path, "truth.jsonl");
        var (code, output) = await AlatauProcess.RunToEndAsync(
            "simulate", "--broker", FormattableString.Invariant($"mqtt://127.0.0.1:{Platform.MqttPort}"), "--scenario", await WriteScenarioAsync(), "--truth", truth);
        Assert.True(code == 0, output);
        Truth = await ReadTruthAsync(truth);

        // A day of a city at once: a slow machine may take its time as long as it goes on.
        for (long stored = -1, reached = 0; reached > stored;)
        {
            stored = reached;
            await Platform.UntilAsync("api/v1/ledger", ledger => (reached = ledger.GetProperty("stored").GetInt64()) > stored + 2_000 || ledger.GetProperty("waiting").GetInt64() == 0);
        }

        await Platform.UntilAsync("api/v1/ledger", ledger => ledger.GetProperty("waiting").GetInt64() == 0 && ledger.GetProperty("received").GetInt64() > 100_000);

        // The last minute closes when nothing came for a while; then a few more samples of the platform.
        string last = string.Create(CultureInfo.InvariantCulture, $"SELECT count(\"mean\") FROM \"window\" WHERE \"asset\" = 'm-mall' AND \"measurand\" = 'activePower' AND \"span\" = '1m'");
        await Eventually.TrueAsync(async () => (await _database.QueryAsync("telemetry_1m", last))[0]["count"].GetDouble() >= Hours * 60);

        // Sites are summed a little after their windows were stored.
        foreach (string tier in (string[])["telemetry_1m", "telemetry_15m", "telemetry_1h", "telemetry_1d"])
        {
            await Eventually.TrueAsync(async () => await EnergyAsync(tier, "site") is var sum and > 0 && Math.Abs(sum - await EnergyAsync(tier, "window")) < 1);
        }

        // So are the branches of the topology, out of what is stored.
        for (double summed = -1, reached = 0; reached > summed;)
        {
            summed = reached;
            await Eventually.TrueAsync(async () =>
            {
                string[] metrics = (await Platform.Http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n');
                reached = Sample(metrics, "alatau_rollup_summed_total");
                return reached > summed + 500 || Sample(metrics, "alatau_rollup_resting_windows") == 0;
            });
        }

        // A device that should speak every five seconds spoke once.
        using (var once = new StringContent("{\"v\":{\"activePower\":1}}", System.Text.Encoding.UTF8, "application/json"))
        {
            var answer = await Platform.Http.PostAsync(new Uri("api/v1/telemetry?site=growing&asset=went-silent", UriKind.Relative), once);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        await Eventually.TrueAsync(async () => await _database.QueryAsync("telemetry_alarms", "SELECT \"title\" FROM \"alarm\" WHERE \"rule\" = 'device-silent' AND \"asset\" = 'went-silent'") is [_, ..]);
        double samples = await SamplesAsync();
        await Eventually.TrueAsync(async () => await SamplesAsync() >= samples + 3);
        To = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(1);
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await Platform.DisposeAsync();
            await _database.DisposeAsync();
        }

        _folder.Dispose();
        _devices.Dispose();
    }

    private static double Sample(string[] metrics, string name) => double.Parse(metrics.Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[name.Length..], CultureInfo.InvariantCulture);

    private async Task<double> EnergyAsync(string tier, string measurement) =>
        await _database!.QueryAsync(tier, $"SELECT sum(\"delta\") FROM \"{measurement}\" WHERE \"kind\" = 'meter' AND \"measurand\" = 'energyImport'") is [var row, ..] ? row["sum"].GetDouble() : 0;

    private async Task<double> SamplesAsync() => (await _database!.QueryAsync("telemetry_1m", "SELECT count(\"assets\") FROM \"platform\"")) is [var row, ..] ? row["count"].GetDouble() : 0;

    /// <summary>Faults that put something on every panel: alarms of several rules, duplicates, quarantine; none touches a register.</summary>
    private async Task<string> WriteScenarioAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "fleets"));
        string scenarios = Directory.CreateDirectory(Path.Combine(_folder.Path, "scenarios")).FullName;
        File.Copy(Path.Combine(AlatauProcess.Root, "devices", "fleets", "alatau.json"), Path.Combine(_folder.Path, "fleets", "alatau.json"));
        string path = Path.Combine(scenarios, "boards.json");
        await File.WriteAllTextAsync(path, $$"""
            {
              "fleet": "alatau", "seed": 5, "start": "{{From:yyyy-MM-ddTHH:mm:ss}}Z", "speed": "max", "duration": "{{Hours}}h", "qos": 1,
              "weather": { "sky": "scattered" },
              "faults": [
                { "kind": "scaled", "measurand": "voltage", "factor": 1.12, "assets": ["green/m-home-15"], "from": "20h", "for": "30m" },
                { "kind": "scaled", "measurand": "voltage", "factor": 0.85, "assets": ["gate/m-home-03"], "from": "22h", "for": "40m" },
                { "kind": "duplicate", "assets": ["gate/m-hotel"], "from": "23h", "for": "30m" },
                { "kind": "garbage", "assets": ["golden/m-home-11"], "from": "23h", "for": "10m" }
              ]
            }
            """);
        return path;
    }

    private static async Task<Dictionary<(string Asset, string Measurand), (double First, double Last)>> ReadTruthAsync(string path)
    {
        var truth = new Dictionary<(string Asset, string Measurand), (double First, double Last)>();
        await foreach (string line in File.ReadLinesAsync(path))
        {
            using var json = JsonDocument.Parse(line);
            foreach (var measurand in json.RootElement.GetProperty("measurands").EnumerateObject())
            {
                truth[(json.RootElement.GetProperty("asset").GetString()!, measurand.Name)] = (measurand.Value.GetProperty("first").GetDouble(), measurand.Value.GetProperty("last").GetDouble());
            }
        }

        return truth;
    }
}
