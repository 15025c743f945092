using System.Text.RegularExpressions;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>The README's own <c>mosquitto_pub</c> line, run as it stands there, arrives in API and store.</summary>
public sealed partial class FirstMessageTests
{
    private static readonly (string Measurand, double Value)[] s_sent = [("activePower", 1234.5), ("voltage.l1", 231.2), ("energyImport", 123456.0)];

    [Fact]
    public async Task Publish_ReadmeExample_IsInApiAndStillInSqliteAfterRestart()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            var before = TimeProvider.System.GetUtcNow();
            await using (var platform = await AlatauProcess.StartAsync("run", ["--set", "Ingest:AutoRegister=true"], folder))
            {
                await RunReadmeExampleAsync(platform);
                var asset = await platform.GetAsync("api/v1/assets/green/my-meter");
                Assert.All(s_sent, sent => Assert.Equal(sent.Value, asset.ValueOf(sent.Measurand)));
                Assert.Equal(["W", "Wh", "V"], asset.Values.Values.OrderBy(v => v.Text("measurand"), StringComparer.Ordinal).Select(v => v.Text("unit")));
                await AssertInSeriesAsync(platform, before);
                Assert.Equal(0, (await platform.StopAsync()).ExitCode);
            }

            await using var again = await AlatauProcess.StartAsync("run", ["--set", "Ingest:AutoRegister=true"], folder);

            // A device that registered itself is known again by its first message; what it said before is there then.
            await RunReadmeExampleAsync(again);
            await AssertInSeriesAsync(again, before, atLeast: 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Publish_ReadmeExampleWithInflux_IsFoundByInfluxQlAsFloats()
    {
        Assert.SkipWhen((MosquittoClients.Missing ?? InfluxDatabase.Missing) is not null, MosquittoClients.Missing ?? InfluxDatabase.Missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();
        await using var platform = await AlatauProcess.StartAsync(
            "run", ["--set", "Ingest:AutoRegister=true", "--set", "Storage:Provider=influx", "--set", $"Storage:Influx:Url={database.Uri}", "--set", "Storage:Influx:Database=telemetry"]);
        await RunReadmeExampleAsync(platform);
        await platform.QuietLedgerAsync(l => l.Long("stored") == 1);

        var row = Assert.Single(await database.QueryAsync("telemetry", "SELECT * FROM \"reading\" WHERE \"asset\" = 'my-meter'"));
        Assert.Equal("green", row["site"].GetString());
        Assert.All(s_sent, sent => Assert.Equal(sent.Value, row[sent.Measurand].GetDouble()));
        var fields = (await database.QueryAsync("telemetry", "SHOW FIELD KEYS FROM \"reading\"")).ToDictionary(f => f["fieldKey"].GetString()!, f => f["fieldType"].GetString(), StringComparer.Ordinal);
        Assert.All(s_sent, sent => Assert.Equal("float", fields[sent.Measurand]));
        await AssertInSeriesAsync(platform, TimeProvider.System.GetUtcNow().AddMinutes(-5));
    }

    /// <summary>Runs the README's line in a shell; only port and address differ.</summary>
    private static async Task RunReadmeExampleAsync(AlatauProcess platform)
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(AlatauProcess.Root, "README.md"));
        var example = Example().Match(readme);
        Assert.True(example.Success, "README.md shows no mosquitto_pub on port 1883.");
        string line = example.Value.Replace("-p 1883", FormattableString.Invariant($"-h 127.0.0.1 -p {platform.MqttPort}"), StringComparison.Ordinal);
        await using var shell = ProcessPeer.Start("/bin/sh", ["-c", line]);
        Assert.Equal(0, await shell.WaitForExitAsync(AlatauProcess.Patience));
        await platform.UntilAsync("api/v1/assets/green/my-meter", a => a.GetProperty("values").GetArrayLength() == s_sent.Length);
    }

    private static async Task AssertInSeriesAsync(AlatauProcess platform, DateTimeOffset from, int atLeast = 1)
    {
        await platform.QuietLedgerAsync();
        foreach (var (measurand, value) in s_sent)
        {
            var points = await platform.SeriesAsync("green/my-meter", measurand, from, TimeProvider.System.GetUtcNow().AddMinutes(1));
            Assert.True(points.Count >= atLeast, $"{measurand}: {points.Count} points");
            Assert.All(points, p => Assert.Equal(value, p.Double("v")));
        }
    }

    [GeneratedRegex(@"^mosquitto_pub -p 1883 [^\n]*\\\n[^\n]*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Example();
}
