using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Outages;

/// <summary>A feeder dies: one outage alarm, one notification a subscription, and all members back to normal after it returns; and the same with the platform killed meanwhile.</summary>
public sealed class OutageTests
{
    /// <summary>From the last message of a meter to the alarm at a subscriber.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Feeder_Of5000MetersDies_IsOneAlarmWithin5SecondsAndOneNotification()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        var received = new ConcurrentQueue<JsonElement>();
        await using var receiver = await WebhookReceiver.StartAsync(received);
        using var devices = new DevicesCopy();
        await using var town = new Town(5000, 50);
        town.WriteTo(devices, new Uri(receiver.Urls.First() + "/hook"));
        await using var platform = await AlatauProcess.StartAsync(
            "run", ["--devices", devices.Path, "--set", "Platform:Fleets=town", "--set", "Notifications:Webhook:AllowPrivate:0=127.0.0.0/8"]);
        await using var states = await MosquittoClients.SubscribeAsync(platform.MqttPort, "alatau/v1/town/+/alarm/+", "-F", "STATE %t %p");
        await using var events = await MosquittoClients.SubscribeAsync(platform.MqttPort, "alatau/v1/town/+/alarm-event/+", "-F", "EVENT %U %t %p");
        await town.ConnectAsync(platform.MqttPort);
        await platform.UntilMetricAsync("alatau_readings_total{outcome=\"accepted\"}", n => n >= 3 * 5053);
        Assert.Empty((await platform.GetAsync("api/v1/alarms")).Items);

        town.Cut();
        await events.WaitForAsync("EVENT", AlatauProcess.Patience);
        string raised = Assert.Single(Lines(events, "EVENT"));
        var at = DateTimeOffset.FromUnixTimeMilliseconds((long)(double.Parse(raised.Split(' ')[1], CultureInfo.InvariantCulture) * 1000));
        var took = at - town.CutAt;
        var outage = Assert.Single((await platform.GetAsync("api/v1/outages")).Items);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"From the cut to the alarm at mosquitto_sub: {took.TotalSeconds:F3} s. {outage}"));
        Assert.Contains("alatau/v1/town/feeder-a/alarm-event/outage {", raised, StringComparison.Ordinal);
        Assert.Contains("\"state\":\"unacknowledged\"", raised, StringComparison.Ordinal);
        Assert.True(took <= Promise.Here(s_soon), raised);
        Assert.Equal(("town", "feeder-a", "mains"), (outage.Text("site"), outage.Text("asset"), outage.Text("cause")));
        Assert.InRange(DateTimeOffset.Parse(outage.Text("start"), CultureInfo.InvariantCulture), town.CutAt - TimeSpan.FromSeconds(2), town.CutAt + TimeSpan.FromSeconds(1));

        // Every member is suppressed by it, the feeder's own meter as well, and the rest of the town is well.
        await platform.UntilAsync("api/v1/outages/town/feeder-a", o => o.GetProperty("silent").GetArrayLength() == 5000 && o.GetProperty("outage").Long("customers") == 5000);
        var suppressed = await SuppressedAsync(platform, 5001);
        Assert.All(suppressed, a => Assert.Contains("outage at Feeder A (town/feeder-a)", a.Text("why"), StringComparison.Ordinal));
        await Testing.Eventually.TrueAsync(() => received.Count == 1);
        Assert.Equal("city.alatau.iot.alarm.raised", received.First().GetProperty("type").GetString());

        town.Restore();
        await events.WaitForAsync(o => o.Contains("\"state\":\"returnedUnacknowledged\"", StringComparison.Ordinal), "the end", AlatauProcess.Patience);
        await SuppressedAsync(platform, 0);
        var last = Assert.Single((await platform.GetAsync("api/v1/alarms")).Items);
        Assert.Equal(("outage", "returnedUnacknowledged"), (last.Text("rule"), last.Text("state")));
        Assert.Empty((await platform.GetAsync("api/v1/outages")).Items);

        // Nobody was told of anything else.
        await Testing.Eventually.TrueAsync(() => received.Count == 2);
        Assert.Equal(2, Lines(events, "EVENT").Length);
        Assert.Equal(2, Lines(states, "STATE").Length);
        Assert.Equal(2, received.Count);
        Assert.Equal(0, await platform.MetricAsync("alatau_notification_hand_off_overflow_total"));
        await platform.UntilAsync("api/v1/alarms?state=history&limit=1000&asset=town/a-0001", l => l.Items.Length == 2);
    }

    [Fact]
    public async Task Kill_DuringAnOutage_IsTheSameOutageAndNobodyIsToldAgain()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        var received = new ConcurrentQueue<JsonElement>();
        await using var receiver = await WebhookReceiver.StartAsync(received);
        using var devices = new DevicesCopy();
        using var data = new Testing.TempFolder();
        await using var town = new Town(200, 20);
        town.WriteTo(devices, new Uri(receiver.Urls.First() + "/hook"));

        // The living must be heard again after the restart before they count as silent, on a busy machine too.
        devices.Replace("alarm-rules/device-silent/rule.json", "\"after\": \"2.5s\"", "\"after\": \"10s\"");
        string[] options = ["--devices", devices.Path, "--set", "Platform:Fleets=town", "--set", "Recovery:CheckpointInterval=01:00:00", "--set", "Notifications:Webhook:AllowPrivate:0=127.0.0.0/8"];
        string id;
        await using (var platform = await AlatauProcess.StartAsync("run", options, data.Path))
        {
            await town.ConnectAsync(platform.MqttPort);
            await platform.UntilMetricAsync("alatau_readings_total{outcome=\"accepted\"}", n => n >= 3 * 223);
            town.Cut();
            await SuppressedAsync(platform, 201);
            id = Assert.Single((await platform.GetAsync("api/v1/alarms?state=unacknowledged")).Items).Text("id");
            await Testing.Eventually.TrueAsync(() => received.Count == 1);
            platform.Kill();
        }

        // The rest of the town speaks at once.
        await using var again = await AlatauProcess.StartAsync("run", options, data.Path);
        await town.ConnectAsync(again.MqttPort);
        Assert.Equal(id, Assert.Single((await again.GetAsync("api/v1/alarms?state=unacknowledged")).Items).Text("id"));
        var outage = Assert.Single((await again.UntilAsync("api/v1/outages", o => o.Items.Length > 0)).Items);
        Assert.Equal((200, "feeder-a"), (outage.Long("customers"), outage.Text("asset")));
        Assert.Equal(201, (await SuppressedAsync(again, 201)).Length);
        town.Restore();
        await SuppressedAsync(again, 0);
        await again.UntilAsync("api/v1/alarms", l => l.Items.Length == 1 && l.Items[0].Text("state") == "returnedUnacknowledged" && l.Items[0].Text("id") == id);

        // A kill may repeat a notification under the same id, never under another.
        await Testing.Eventually.TrueAsync(() => received.Any(r => r.Text("type") == "city.alatau.iot.alarm.returned"));
        Assert.Equal(["city.alatau.iot.alarm.raised", "city.alatau.iot.alarm.returned"], received.DistinctBy(r => r.Text("id")).Select(r => r.Text("type")));
        await again.UntilAsync("api/v1/alarms?state=history&limit=1000&asset=town/feeder-a", l => l.Items.Count(i => i.Text("rule") == "outage") == 2);
    }

    [Fact]
    public async Task LastGasps_OfWillsOfLostConnections_AreAnOutageAtOnce()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        using var devices = new DevicesCopy();
        await using var town = new Town(10, 10);
        town.WriteTo(devices, null);

        // Only a last gasp is quick enough here, and it takes a while to kill eight processes.
        devices.Replace("alarm-rules/device-silent/rule.json", "\"after\": \"2.5s\"", "\"after\": \"1h\"");
        devices.Replace("alarm-rules/outage/rule.json", "\"within\": \"500ms\"", "\"within\": \"20s\"");
        await using var platform = await AlatauProcess.StartAsync("run", ["--devices", devices.Path, "--set", "Platform:Fleets=town"]);
        await town.ConnectAsync(platform.MqttPort);
        await platform.UntilMetricAsync("alatau_readings_total{outcome=\"accepted\"}", n => n >= 3 * 23);
        var meters = new List<ProcessPeer>();
        for (int i = 1; i <= 8; i++)
        {
            meters.Add(await MosquittoClients.SubscribeAsync(
                platform.MqttPort, "no/such/topic", "--will-topic", string.Create(CultureInfo.InvariantCulture, $"alatau/v1/town/a-{i:D4}/telemetry"), "--will-payload", """{"v":{"online":0}}""", "--will-qos", "1"));
        }

        // What was sent before the cut has arrived when a later message of the same connection has.
        town.Cut();
        await Testing.Eventually.TrueAsync(() => town.CutAt != default);
        double soFar = await platform.MetricAsync("alatau_readings_total{outcome=\"accepted\"}");
        await platform.UntilMetricAsync("alatau_readings_total{outcome=\"accepted\"}", n => n >= soFar + 13);
        await Task.WhenAll(meters.Select(m => m.KillAsync()));
        var outage = Assert.Single((await platform.UntilAsync("api/v1/outages", o => o.Items.Length > 0 && o.Items[0].Long("customers") == 8)).Items);
        Assert.Equal(("feeder-a", 8, 8), (outage.Text("asset"), outage.Long("customers"), outage.Long("lastGasps")));
        Assert.Equal(8, (await SuppressedAsync(platform, 8)).Length);
        town.Restore();
        await SuppressedAsync(platform, 0);
        foreach (var meter in meters)
        {
            await meter.DisposeAsync();
        }
    }

    private static string[] Lines(ProcessPeer peer, string word) => [.. peer.Output.Split('\n').Where(l => l.StartsWith(word, StringComparison.Ordinal))];

    /// <summary>The suppressed alarms, once there are so many.</summary>
    private static async Task<JsonElement[]> SuppressedAsync(AlatauProcess platform, int count)
    {
        var all = new List<JsonElement>();
        await Testing.Eventually.TrueAsync(async () =>
        {
            all.Clear();
            string? cursor = "0";
            while (cursor is not null)
            {
                var page = await platform.GetAsync($"api/v1/alarms?state=suppressedByDesign&limit=1000&cursor={cursor}");
                all.AddRange(page.Items);
                cursor = page.GetProperty("next").GetString();
            }

            return all.Count == count;
        });
        return [.. all];
    }
}
