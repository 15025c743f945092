using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Outages;

/// <summary>What is silent because of its gateway, or of a broker that a bridge lost, has one alarm that says so.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Gateway_Dies_IsOneAlarmOfTheGatewayAndNoOutage()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        using var devices = new DevicesCopy();
        await using var town = new Town(40, 10, hasGateway: true);
        town.WriteTo(devices, null);
        await using var platform = await AlatauProcess.StartAsync("run", ["--devices", devices.Path, "--set", "Platform:Fleets=town"]);
        await using var events = await MosquittoClients.SubscribeAsync(platform.MqttPort, "alatau/v1/+/+/alarm-event/+", "-F", "EVENT %t %p");
        await town.ConnectAsync(platform.MqttPort);
        await platform.UntilMetricAsync("alatau_readings_total{outcome=\"accepted\"}", n => n >= 3 * 54);

        town.Cut();
        await events.WaitForAsync("EVENT", AlatauProcess.Patience);
        var gone = await platform.UntilAsync("api/v1/outages", o => o.Items.Any(i => i.Text("asset") == "gateway" && i.Long("silent") == 41));
        Assert.Equal("gateway", gone.Items.Single(i => i.Text("asset") == "gateway").Text("cause"));
        var suppressed = await platform.UntilAsync("api/v1/alarms?state=suppressedByDesign&rule=device-silent&limit=100", l => l.Items.Length == 41);
        Assert.All(suppressed.Items, a => Assert.Contains("the gateway Gateway A is silent (town/gateway)", a.Text("why"), StringComparison.Ordinal));
        var told = Assert.Single((await platform.GetAsync("api/v1/alarms?state=unacknowledged")).Items);
        Assert.Equal(("gateway", "gateway-silent"), (told.Text("asset"), told.Text("rule")));

        town.Restore();
        await platform.UntilAsync("api/v1/alarms?state=suppressedByDesign", l => l.Items.Length == 0);
        await platform.UntilAsync("api/v1/alarms", l => l.Items.Length == 1 && l.Items[0].Text("state") == "returnedUnacknowledged");
        Assert.Empty((await platform.GetAsync("api/v1/outages")).Items);
        Assert.All(events.Output.Split('\n').Where(l => l.StartsWith("EVENT", StringComparison.Ordinal)), l => Assert.Contains("/gateway/alarm-event/gateway-silent", l, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broker_Dies_IsOneAlarmOfTheBridgeAndEverythingBehindItNamesIt()
    {
        Assert.SkipWhen((MosquittoBroker.Missing ?? MosquittoClients.Missing) is not null, MosquittoBroker.Missing ?? MosquittoClients.Missing ?? "");
        await using var broker = await MosquittoBroker.StartAsync();
        using var devices = new DevicesCopy();
        await using var town = new Town(10, 5, bridge: "plant");
        town.WriteTo(devices, null);
        await using var platform = await AlatauProcess.StartAsync(
            "run", ["--devices", devices.Path, "--set", "Platform:Fleets=town", "--set", "Ingest:Bridges:0:Name=plant", "--set", $"Ingest:Bridges:0:Broker={broker.Uri}", "--set", "Ingest:Bridges:0:Filters:0=alatau/#"]);
        await platform.UntilMetricAsync("alatau_bridge_connected{bridge=\"plant\"}", v => v == 1);
        await using var events = await MosquittoClients.SubscribeAsync(platform.MqttPort, "alatau/v1/+/+/alarm-event/+", "-F", "EVENT %t %p");
        await town.ConnectAsync(broker.Port);
        await platform.UntilMetricAsync("alatau_readings_total{outcome=\"accepted\"}", n => n >= 3 * 18);

        await broker.KillAsync();
        await platform.UntilAsync("api/v1/outages", o => o.Items.Any(i => i.Text("asset") == "bridge-plant" && i.Text("cause") == "broker" && i.Long("silent") == 18));
        var suppressed = await platform.UntilAsync("api/v1/alarms?state=suppressedByDesign&site=town&limit=100", l => l.Items.Length == 18);
        Assert.All(suppressed.Items, a => Assert.Contains("no connection to the broker of Bridge plant (platform/bridge-plant)", a.Text("why"), StringComparison.Ordinal));
        var told = Assert.Single((await platform.GetAsync("api/v1/alarms?state=unacknowledged")).Items);
        Assert.Equal(("bridge-plant", "bridge-down"), (told.Text("asset"), told.Text("rule")));

        await broker.RestartAsync();
        await town.ConnectAsync(broker.Port);
        await platform.UntilAsync("api/v1/alarms?state=suppressedByDesign", l => l.Items.Length == 0);
        await platform.UntilAsync("api/v1/alarms", l => l.Items.Length == 1 && l.Items[0].Text("state") == "returnedUnacknowledged");
        Assert.All(events.Output.Split('\n').Where(l => l.StartsWith("EVENT", StringComparison.Ordinal)), l => Assert.Contains("/bridge-plant/alarm-event/bridge-down", l, StringComparison.Ordinal));
    }
}
