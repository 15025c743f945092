using System.Globalization;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Playing;
using Alatau.Iot.Simulator.Scenarios;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Simulator.Tests.Playing;

/// <summary>A recording's own speed, against a real mosquitto, by a clock that only the test moves.</summary>
public sealed class RecordingSpeedTests
{
    private const string Own = "alatau/v1/s/own/telemetry";
    private const string Shared = "alatau/v1/s/shared/telemetry";
    private static readonly DateTimeOffset s_start = DateTimeOffset.Parse("2026-06-21T00:00:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(900, 300)]
    [InlineData(300, 900)]
    [InlineData(450, 450)]
    public async Task RunAsync_RecordingWithItsOwnSpeed_ComesByItsOwnPaceBesideTheScenarios(int own, int scenario)
    {
        Skip();
        using var files = new TemporaryScenario(Story(own.ToString(CultureInfo.InvariantCulture), scenario.ToString(CultureInfo.InvariantCulture)), fleet: null, Csv(8));
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port);
        var time = new ManualTime();
        var (said, timers) = (0L, 0);
        var play = ScenarioPlayer.RunAsync(files.Load(), new ScenarioPlayerOptions { Broker = broker.Uri.ToString(), Time = time },
            new SyncProgress(value =>
            {
                Volatile.Write(ref timers, time.ArmedTimers);
                Interlocked.Exchange(ref said, value.Published);
            }));

        // Row i of a recording is due 900 i / speed seconds after the play began; no row comes before. The player tells before it waits, and the clock moves once it does.
        var elapsed = TimeSpan.Zero;
        for (var step = 0; step < 7 * 900 / Math.Min(own, scenario); step++)
        {
            await Eventually.TrueAsync(() => Interlocked.Read(ref said) == Due(own, elapsed) + Due(scenario, elapsed) && time.ArmedTimers > Volatile.Read(ref timers));
            time.Advance(TimeSpan.FromSeconds(1));
            elapsed += TimeSpan.FromSeconds(1);
        }

        var result = await play.WaitAsync(Eventually.Patience);
        Assert.Equal((PlayOutcome.Completed, 16), (result.Outcome, result.Progress.Published));
        await seen.WaitForCountAsync(16);
        foreach (var topic in (string[])[Own, Shared])
        {
            Assert.Equal(Enumerable.Range(0, 8).Select(i => s_start.AddMinutes(15 * i).ToUnixTimeMilliseconds()),
                seen.Json(topic).Select(message => message.GetProperty("ts").GetInt64()));
        }
    }

    [Fact]
    public async Task RunAsync_RecordingAtMaximumSpeedBesideRealTime_IsOverAtOnce()
    {
        Skip();
        using var files = new TemporaryScenario(Story("\"max\"", "1"), fleet: null, Csv(100));
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port);
        using var stop = new CancellationTokenSource();
        var play = ScenarioPlayer.RunAsync(files.Load(), new ScenarioPlayerOptions { Broker = broker.Uri.ToString(), Time = new ManualTime() }, stop: stop.Token);
        await seen.WaitForCountAsync(101);
        await stop.CancelAsync();
        Assert.Equal(101, (await play.WaitAsync(Eventually.Patience)).Progress.Acknowledged);
        Assert.Equal(100, seen.Json(Own).Count);
        Assert.Single(seen.Json(Shared));
    }

    [Fact]
    public async Task RunAsync_RealTimeRecordingBesideMaximumSpeed_WaitsForItsOwnRowsOnly()
    {
        Skip();
        using var files = new TemporaryScenario(Story("900", "\"max\""), fleet: null, Csv(5));
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port);
        var time = new ManualTime();
        var (said, timers) = (0L, 0);
        var play = ScenarioPlayer.RunAsync(files.Load(), new ScenarioPlayerOptions { Broker = broker.Uri.ToString(), Time = time },
            new SyncProgress(value =>
            {
                Volatile.Write(ref timers, time.ArmedTimers);
                Interlocked.Exchange(ref said, value.Published);
            }));
        for (var row = 1; row < 5; row++)
        {
            await Eventually.TrueAsync(() => Interlocked.Read(ref said) == 5 + row && time.ArmedTimers > Volatile.Read(ref timers));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(10, (await play.WaitAsync(Eventually.Patience)).Progress.Acknowledged);
    }

    [Fact]
    public async Task RunAsync_DurationEnds_BothInTheirOwnTime()
    {
        Skip();
        using var files = new TemporaryScenario(Story("\"max\"", "\"max\"").Replace("\"qos\"", "\"duration\": \"1h\", \"qos\"", StringComparison.Ordinal), fleet: null, Csv(8));
        await using var broker = await MosquittoBroker.StartAsync();
        var result = await ScenarioPlayer.RunAsync(files.Load(), new ScenarioPlayerOptions { Broker = broker.Uri.ToString() });
        Assert.Equal(8, result.Progress.Acknowledged);
    }

    [Fact]
    public async Task RunAsync_MeasuredPlantAtItsOwnSpeed_EndsAtTheMeasuredEnergy()
    {
        Skip();
        var folder = Path.GetDirectoryName(SharedFiles.PathOf("pv_nrel_rsf2_15min.csv"));
        var text = await File.ReadAllTextAsync(ShippedFiles.Scenario("pv-plant"));
        using var files = new TemporaryScenario(text
            .Replace("\"fleet\": \"pv-plant\",", "", StringComparison.Ordinal)
            .Replace("\"speed\": \"max\"", "\"speed\": 1", StringComparison.Ordinal)
            .Replace("\"step\": \"15m\",", "\"step\": \"15m\", \"speed\": 900000,", StringComparison.Ordinal), fleet: null);
        var faults = new FileFaults();
        var scenario = ScenarioLoader.Load(files.ScenarioPath, faults, new() { RecordingsFolder = folder });
        Assert.Empty(faults.All);
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port);
        var result = await ScenarioPlayer.RunAsync(scenario!, new ScenarioPlayerOptions { Broker = broker.Uri.ToString() });
        Assert.Equal(480, result.Progress.Acknowledged);
        Assert.True(result.Elapsed >= TimeSpan.FromSeconds(0.479), $"479 steps at 1,000 a second take {result.Elapsed}");
        await seen.WaitForCountAsync(480);
        Assert.Equal(1_455_886.8, seen.Json("alatau/v1/golden/nrel-rsf2-inverter-2/telemetry")[^1].GetProperty("v").GetProperty("energyProduced").GetDouble(), 0.1);
    }

    [Fact]
    public void DueAt_NoPace_IsDueNow() =>
        Assert.Equal(TimeSpan.FromSeconds(7), new Pace(Instant.From(s_start), Scenario.MaximumSpeed).DueAt(Instant.From(s_start.AddDays(1)), TimeSpan.FromSeconds(7)));

    [Fact]
    public void Earlier_OneWithoutAPaceAndOneThatWaited_TheOneThatWaitedComesFirst()
    {
        var waited = new Turn(0, Instant.From(s_start.AddDays(9)), TimeSpan.FromSeconds(1));
        var eager = new Turn(-1, Instant.From(s_start), TimeSpan.FromSeconds(2));
        Assert.Equal(waited, Turn.Earlier(eager, waited));
        Assert.Equal(waited, Turn.Earlier(waited, eager));
        Assert.Equal(eager, Turn.Earlier(eager, waited with { Due = TimeSpan.FromSeconds(2) }));
        Assert.Equal(eager, Turn.Earlier(null, eager));
        Assert.Null(Turn.Earlier(null, null));
    }

    private static long Due(int speed, TimeSpan elapsed) => Math.Min(8, 1 + (long)(elapsed.TotalSeconds * speed / 900));

    private static string Story(string own, string scenario) => $$"""
        { "start": "2026-06-21T00:00:00Z", "speed": {{scenario}}, "qos": 1, "recordings": [
          { "asset": "s/own", "speed": {{own}}, {{Source}} }, { "asset": "s/shared", {{Source}} } ] }
        """;

    private const string Source = """
        "file": "data.csv", "timeColumn": "time", "timeFormat": "yyyy-MM-dd HH:mm", "timeZone": "+00:00", "step": "15m",
        "columns": [ { "column": "w", "measurand": "activePower", "unit": "W" } ]
        """;

    private static string Csv(int rows) =>
        "time,w\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{s_start.AddMinutes(15 * i):yyyy-MM-dd HH:mm},{i}\n")));

    private static void Skip()
    {
        if ((MosquittoBroker.Missing ?? MosquittoClients.Missing) is { } missing)
            Assert.Skip(missing);
    }
}
