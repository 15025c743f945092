using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>From a device's PUBLISH to a webhook, by a subscription file; a test message, the delivery on its alarm, and the step on MQTT.</summary>
public sealed class SubscriptionTests
{
    private const string High = """{"v":{"voltage.l1":260.0}}""";

    [Fact]
    public async Task Voltage_TooHigh_ReachesTheWebhookOfTheFile()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        var received = new ConcurrentQueue<JsonElement>();
        await using var receiver = await WebhookReceiver.StartAsync(received);
        using var devices = new DevicesCopy();
        devices.Replace("alarm-rules/voltage-high/rule.json", "\"onDelay\": \"1m\"", "\"onDelay\": \"0s\"");
        devices.Add("subscriptions/night-shift.json", $$"""{"$schema":"../schemas/subscription.schema.json","scope":{"rules":["voltage-high"]},"targets":[{"webhook":{"url":"{{receiver.Urls.First()}}/hook"} }]}""");
        await using var platform = await AlatauProcess.StartAsync(
            "run", ["--devices", devices.Path, "--set", "Ingest:AutoRegister=true", "--set", "Notifications:Webhook:AllowPrivate:0=127.0.0.0/8"]);
        using var tested = await platform.Http.PostAsync("api/v1/subscriptions/night-shift/test", null);
        Assert.Equal("delivered", (await tested.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("state").GetString());
        await using var steps = await MosquittoClients.SubscribeAsync(platform.MqttPort, "alatau/v1/+/+/alarm-event/+", "-F", "STEP %r %t %p");
        await MosquittoClients.PublishAsync(platform.MqttPort, "alatau/v1/green/my-meter/telemetry", High, "-q", "1");
        await steps.WaitForAsync("STEP 0 alatau/v1/green/my-meter/alarm-event/voltage-high {");
        await Testing.Eventually.TrueAsync(() => received.Count == 2);
        Assert.Equal(["city.alatau.iot.alarm.test", "city.alatau.iot.alarm.raised"], received.Select(r => r.GetProperty("type").GetString()));
        string alarm = received.Last().GetProperty("data").GetProperty("alarms")[0].GetProperty("id").GetString()!;
        await Testing.Eventually.TrueAsync(async () =>
        {
            var deliveries = await platform.Http.GetFromJsonAsync<JsonElement>($"api/v1/alarms/{alarm}/deliveries");
            return deliveries.GetProperty("items").EnumerateArray().Any(d => d.GetProperty("subscription").GetString() == "night-shift" && d.GetProperty("state").GetString() == "delivered");
        });
        int exit = (await platform.StopAsync()).ExitCode;
        Assert.True(exit == 0, platform.Output);
    }

    [Fact]
    public async Task Check_SubscriptionToNowhere_IsRefusedWithFilePathAndCure()
    {
        using var devices = new DevicesCopy();
        using var data = new Testing.TempFolder();
        devices.Add("subscriptions/lost.json", """{"scope":{"sites":["grean"]},"targets":[{"webhook":{"url":"http://192.168.1.1/"}}]}""");
        var check = await AlatauProcess.RunToEndAsync("check", "--devices", devices.Path, "--data", data.Path);
        Assert.Equal(2, check.ExitCode);
        Assert.Contains($"{devices.Of("subscriptions/lost.json")} $.scope.sites[0]: No fleet has a site 'grean'. Write one of: ", check.Output, StringComparison.Ordinal);
        Assert.Contains($"{devices.Of("subscriptions/lost.json")} $.targets[0].webhook.url: 192.168.1.1 is not a public address.", check.Output, StringComparison.Ordinal);
    }
}
