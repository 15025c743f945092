using System.Text.Json;
using Alatau.Iot.Simulator.Playing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Simulator.Tests.Playing;

/// <summary>The player against a real mosquitto, counted by a real mosquitto_sub.</summary>
public sealed class ScenarioPlayerTests
{
    private const string OneHour = """
        { "fleet": "small", "seed": 5, "start": "2026-06-21T11:00:00+05:00", "speed": "max", "duration": "1h",
          "reportingIntervals": { "meter": "1m", "feeder": "1m", "transformer": "5m", "solar": "1m", "building": "10m" } }
        """;

    // In an hour: two meters, a feeder and a plant each minute, a transformer twelve times, a room six times.
    private const int MessagesOfOneHour = (4 * 60) + 12 + 6;

    [Fact]
    public async Task RunAsync_OneHour_EveryMessageArrivesOnceAndTheTruthAgrees()
    {
        Skip();
        using var files = new TemporaryScenario(OneHour);
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port);
        var last = default(PlayProgress);
        var result = await ScenarioPlayer.RunAsync(files.Load(), Options(broker) with { TruthPath = files.TruthPath }, new SyncProgress(value => last = value));

        Assert.Equal(PlayOutcome.Completed, result.Outcome);
        Assert.Equal(MessagesOfOneHour, result.Progress.Published);
        Assert.Equal(MessagesOfOneHour, result.Progress.Acknowledged);
        Assert.Equal(0, result.Waiting);
        Assert.Equal(result.Progress, last);
        await seen.WaitForCountAsync(MessagesOfOneHour);
        Assert.Equal(MessagesOfOneHour, seen.All().Count);

        var meter = seen.Json("alatau/v1/s/m1/telemetry");
        Assert.Equal(Enumerable.Range(1, 60).Select(i => (long)i), meter.Select(message => message.GetProperty("seq").GetInt64()));
        Assert.Equal(DateTimeOffset.Parse("2026-06-21T06:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), meter[0].GetProperty("ts").GetInt64());

        // The truth's sums are those of what the subscriber saw.
        var truth = (await File.ReadAllLinesAsync(files.TruthPath)).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("asset").GetString()!);
        Assert.Equal(6, truth.Count);
        Assert.Equal(60, truth["s/m1"].GetProperty("messages").GetInt64());
        Assert.Equal(60, truth["s/m1"].GetProperty("acknowledged").GetInt64());
        var power = truth["s/m1"].GetProperty("measurands").GetProperty("activePower");
        Assert.Equal(meter.Average(message => message.GetProperty("v").GetProperty("activePower").GetDouble()), power.GetProperty("mean").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task RunAsync_SameSeedTwice_PublishesTheSamePayloads()
    {
        Skip();
        using var files = new TemporaryScenario(OneHour);
        var plays = new List<List<string>>();
        foreach (var inFlight in (int[])[1, 64])
        {
            await using var broker = await MosquittoBroker.StartAsync();
            await using var seen = await SubscribedMessages.StartAsync(broker.Port);
            await ScenarioPlayer.RunAsync(files.Load(), Options(broker) with { MaximumInFlight = inFlight });
            await seen.WaitForCountAsync(MessagesOfOneHour);
            plays.Add([.. seen.All().Select(message => message.Topic + message.Payload).Order(StringComparer.Ordinal)]);
        }

        Assert.Equal(plays[0], plays[1]);
    }

    [Fact]
    public async Task RunAsync_SpeedInPlaceOfMaximum_PublishesTheSamePayloads()
    {
        Skip();
        using var files = new TemporaryScenario(OneHour);
        var plays = new List<List<string>>();
        foreach (var speed in (double?[])[null, 7200])
        {
            await using var broker = await MosquittoBroker.StartAsync();
            await using var seen = await SubscribedMessages.StartAsync(broker.Port);
            var result = await ScenarioPlayer.RunAsync(files.Load(), Options(broker) with { Speed = speed });
            if (speed is not null)
                Assert.True(result.Elapsed > TimeSpan.FromSeconds(0.45), "An hour at 7200 takes half a second.");
            await seen.WaitForCountAsync(MessagesOfOneHour);
            plays.Add([.. seen.All().Select(message => message.Topic + message.Payload).Order(StringComparer.Ordinal)]);
        }

        Assert.Equal(plays[0], plays[1]);
    }

    [Fact]
    public async Task RunAsync_BrokerDiesAndReturns_NothingIsLost()
    {
        Skip();
        using var files = new TemporaryScenario(OneHour);
        await using var broker = await MosquittoBroker.StartAsync();
        using var half = new SemaphoreSlim(0);

        // At 720 times real time the hour takes five seconds; the broker is killed after the first figures that show ten minutes.
        var play = ScenarioPlayer.RunAsync(files.Load(), Options(broker) with { Speed = 720, TruthPath = files.TruthPath },
            new SyncProgress(value =>
            {
                if (value.Published > 40 && half.CurrentCount == 0)
                    half.Release();
            }));
        await half.WaitAsync(TimeSpan.FromSeconds(30));
        await broker.KillAsync();
        await broker.RestartAsync();
        var result = await play;
        Assert.Equal(PlayOutcome.Completed, result.Outcome);
        Assert.Equal(MessagesOfOneHour, result.Progress.Acknowledged);
        Assert.True(result.Progress.Reconnects >= 1);
    }

    [Fact]
    public async Task RunAsync_Stopped_DrainsAndSaysSo()
    {
        Skip();
        using var files = new TemporaryScenario(OneHour);
        await using var broker = await MosquittoBroker.StartAsync();
        using var stop = new CancellationTokenSource();
        var result = await ScenarioPlayer.RunAsync(files.Load(), Options(broker) with { Speed = 60 },
            new SyncProgress(value =>
            {
                if (value.Published > 0)
                    stop.Cancel();
            }), stop.Token);
        Assert.Equal(PlayOutcome.Stopped, result.Outcome);
        Assert.Equal(0, result.Waiting);
        Assert.InRange(result.Progress.Acknowledged, 1, MessagesOfOneHour - 1);
        Assert.Equal(result.Progress.Published, result.Progress.Acknowledged);
    }

    [Fact]
    public async Task RunAsync_NobodyListens_SaysThatTheBrokerIsNotReached()
    {
        using var files = new TemporaryScenario(OneHour);
        var result = await ScenarioPlayer.RunAsync(files.Load(),
            new ScenarioPlayerOptions { Broker = $"mqtt://127.0.0.1:{FreePort.Take()}", ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(PlayOutcome.BrokerUnreachable, result.Outcome);
        Assert.NotEmpty(result.Problem!);
    }

    [Fact]
    public async Task RunAsync_RecordedPlant_EndsAtTheMeasuredEnergy()
    {
        Skip();
        var folder = Path.GetDirectoryName(SharedFiles.PathOf("pv_nrel_rsf2_15min.csv"));
        var faults = new Alatau.Iot.Core.Files.FileFaults();
        var scenario = Alatau.Iot.Simulator.Scenarios.ScenarioLoader.Load(ShippedFiles.Scenario("pv-plant"), faults, new() { RecordingsFolder = folder });
        Assert.Empty(faults.All);
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port);
        var result = await ScenarioPlayer.RunAsync(scenario!, Options(broker));
        Assert.Equal(480, result.Progress.Acknowledged);
        await seen.WaitForCountAsync(480);
        var messages = seen.Json("alatau/v1/golden/nrel-rsf2-inverter-2/telemetry");
        Assert.Equal(1_455_886.8, messages[^1].GetProperty("v").GetProperty("energyProduced").GetDouble(), 0.1);
        Assert.Equal(DateTimeOffset.Parse("2022-01-02T07:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), messages[0].GetProperty("ts").GetInt64());

        // The last day the inverter is off.
        Assert.All(messages.TakeLast(96), message => Assert.Equal(0, message.GetProperty("v").GetProperty("activePower").GetDouble()));
    }

    [Fact]
    public async Task RunAsync_ShippedFaultMenu_TheTruthKnowsWhatWasSaid()
    {
        Skip();
        var faults = new Alatau.Iot.Core.Files.FileFaults();
        var scenario = Alatau.Iot.Simulator.Scenarios.ScenarioLoader.Load(ShippedFiles.Scenario("faults"), faults);
        Assert.Empty(faults.All);
        using var files = new TemporaryScenario(OneHour);
        await using var broker = await MosquittoBroker.StartAsync();
        await using var seen = await SubscribedMessages.StartAsync(broker.Port, "alatau/v1/golden/m-home-02/telemetry", "-t", "alatau/v1/golden/m-home-05/telemetry");
        var result = await ScenarioPlayer.RunAsync(scenario!, Options(broker) with { TruthPath = files.TruthPath });
        Assert.Equal(PlayOutcome.Completed, result.Outcome);
        Assert.Equal(result.Progress.Published, result.Progress.Acknowledged);
        var truth = (await File.ReadAllLinesAsync(files.TruthPath)).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("asset").GetString()!);
        long Count(string asset, string what) => truth[asset].GetProperty(what).GetInt64();

        Assert.Equal((100, 20), (Count("golden/m-home-01", "messages"), Count("golden/m-home-01", "withheld")));
        Assert.Equal(120, Count("golden/m-home-02", "acknowledged"));
        Assert.Equal((120, 30), (Count("golden/m-home-03", "messages"), Count("golden/m-home-03", "duplicates")));
        Assert.Equal(30, Count("golden/m-home-06", "clockShifted"));
        Assert.Equal((110, 10), (Count("golden/m-home-11", "messages"), Count("golden/m-home-11", "broken")));
        Assert.Equal(10, Count("golden/m-home-12", "broken"));
        Assert.Equal(15, Count("growing/feeder-3b", "withheld"));

        // Every message of every asset is in the truth.
        Assert.Equal(result.Progress.Acknowledged, truth.Keys.Sum(asset => Count(asset, "acknowledged")));
        Assert.Equal(result.Progress.Published, truth.Keys.Sum(asset => Count(asset, "messages") + Count(asset, "duplicates") + Count(asset, "broken")));
        await seen.WaitForCountAsync(240);
        var backlog = seen.Json("alatau/v1/golden/m-home-02/telemetry").Select(message => message.GetProperty("seq").GetInt64());
        Assert.Equal(Enumerable.Range(1, 120).Select(i => (long)i), backlog);
        var reordered = seen.Json("alatau/v1/golden/m-home-05/telemetry").Select(message => message.GetProperty("seq").GetInt64()).ToList();
        Assert.Equal([14L, 13, 12, 11], reordered[10..14]);
        Assert.Equal(Enumerable.Range(1, 120).Select(i => (long)i), reordered.Order());
    }

    private static ScenarioPlayerOptions Options(MosquittoBroker broker) => new() { Broker = broker.Uri.ToString() };

    private static void Skip()
    {
        if ((MosquittoBroker.Missing ?? MosquittoClients.Missing) is { } missing)
            Assert.Skip(missing);
    }
}
