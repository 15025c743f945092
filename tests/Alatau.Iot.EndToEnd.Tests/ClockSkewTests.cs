using Alatau.Iot.EndToEnd.Tests.Torture;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>The platform's clock is an hour off, the real database's and the devices' are right: it runs on, says so with the cure, and in the end everything is stored once under its own time.</summary>
public sealed class ClockSkewTests
{
    private static readonly string? s_missing = InfluxDatabase.Missing ?? MosquittoClients.Missing ?? TorturedClock.WhyNot;

    [Theory]
    [InlineData(1, "behind")]
    [InlineData(-1, "ahead of")]
    public async Task Clock_OfThePlatformAnHourOff_IsSaidAndNothingIsLost(int hours, string words)
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var database = await InfluxDatabase.StartAsync();
        using var clock = new TorturedClock();
        clock.Step(TimeSpan.FromHours(hours));
        await using var platform = AlatauProcess.Launch(
            "run", ["--set", "Ingest:AutoRegister=true", "--set", "Storage:Provider=influx", "--set", $"Storage:Influx:Url={database.Uri}", "--set", "Storage:Influx:SampleSeconds=1"], null, environment: clock.Environment);
        await platform.ListeningAsync();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (int i = 0; i < 5; i++)
        {
            await PublishAsync(platform, "stamping", FormattableString.Invariant($"{{\"ts\":{now + i},\"v\":{{\"activePower\":{i}}}}}"));
            await PublishAsync(platform, "timeless", FormattableString.Invariant($"{{\"v\":{{\"activePower\":{i}}}}}"));
        }

        await Eventually.TrueAsync(() => platform.Output.Contains($"s {words} this one's", StringComparison.Ordinal));
        string line = Assert.Single(platform.Output.Split('\n'), each => each.Contains("The clock of InfluxDB's host", StringComparison.Ordinal));
        Assert.Contains("Cure: let both hosts", line, StringComparison.Ordinal);
        var ready = await platform.GetAsync("health/ready");
        Assert.Contains($"s {words} this one's", ready.GetProperty("warnings").GetProperty("databaseClock").GetString(), StringComparison.Ordinal);
        Assert.InRange(await platform.MetricAsync("alatau_database_clock_ahead_seconds"), (-hours * 3600) - 30, (-hours * 3600) + 30);
        var ledger = await platform.QuietLedgerAsync(l => l.Long("received") == 10);

        // Behind, the platform holds a right device for one from the future: set aside, not dropped.
        Assert.Equal(hours < 0 ? 5 : 0, ledger.Long("quarantined"));

        clock.Step(TimeSpan.Zero);
        await Eventually.TrueAsync(() => platform.Output.Contains("of this one agree again", StringComparison.Ordinal));
        if (hours < 0)
        {
            // Whose clock was wrong only a person knows.
            var all = await AlatauProcess.RunToEndAsync("quarantine", "replay", "--url", platform.Http.BaseAddress!.ToString());
            Assert.Contains("5 still can't be taken", all.Output, StringComparison.Ordinal);
            var replay = await AlatauProcess.RunToEndAsync("quarantine", "replay", "--reason", "clockAhead", "--url", platform.Http.BaseAddress!.ToString());
            Assert.True(replay.ExitCode == 0, replay.Output);
        }

        ledger = await platform.QuietLedgerAsync(l => l.Long("stored") == 10);
        Assert.False(platform.HasExited);
        Assert.Equal([now, now + 1, now + 2, now + 3, now + 4], await TimesAsync(database, "stamping"));
        Assert.Equal(5, (await TimesAsync(database, "timeless")).Distinct().Count());
    }

    private static async Task PublishAsync(AlatauProcess platform, string asset, string payload)
    {
        var sent = await MosquittoClients.PublishAsync(platform.MqttPort, $"alatau/v1/green/{asset}/telemetry", payload, "-q", "1");
        Assert.True(sent.ExitCode == 0, sent.Output);
    }

    private static async Task<IEnumerable<long>> TimesAsync(InfluxDatabase database, string asset) =>
        (await database.QueryAsync("telemetry", $"SELECT \"activePower\" FROM \"reading\" WHERE \"asset\" = '{asset}'")).Select(row => row["time"].GetInt64());
}
