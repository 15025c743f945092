using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Recovery;

/// <summary>What ails the platform itself is named by readiness and is an ordinary alarm; the account knows nothing of it.</summary>
public sealed class PlatformAlarmTests
{
    [Fact]
    public async Task BridgeWithoutABroker_IsNamedAndBecomesAnAlarmLikeAnyOther()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        await using var platform = await AlatauProcess.StartAsync(
            "run", ["--set", "Recovery:Journal=true", "--set", "Ingest:Bridges:0:Name=town", "--set", FormattableString.Invariant($"Ingest:Bridges:0:Broker=mqtt://127.0.0.1:{FreePort.Take()}")]);
        using (var ready = await platform.Http.GetAsync(new Uri("health/ready", UriKind.Relative)))
        {
            Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains("bridge 'town'", await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }

        await platform.UntilAsync("api/v1/assets/platform/self", a => a.ValueOf("bridgesDown") == 1 && a.ValueOf("journalFill") >= 0);

        // Nobody else speaks for the platform.
        await MosquittoClients.PublishAsync(platform.MqttPort, "alatau/v1/platform/self/telemetry", """{"v":{"bridgesDown":0,"outboxFill":99}}""", "-q", "1");
        await MosquittoClients.PublishAsync(platform.MqttPort, "alatau/v1/platform/bridge-town/telemetry", """{"v":{"bridgesDown":0}}""", "-q", "1");
        var open = await platform.UntilAsync("api/v1/alarms", l => l.Items.Length > 0);
        Assert.Equal(("platform", "bridge-town", "bridge-down"), (open.Items[0].Text("site"), open.Items[0].Text("asset"), open.Items[0].Text("rule")));
        await using var subscriber = await MosquittoClients.SubscribeAsync(platform.MqttPort, "alatau/v1/platform/bridge-town/alarm/bridge-down");
        await subscriber.WaitForAsync("\"state\":\"unacknowledged\"", AlatauProcess.Patience);
        await platform.UntilAsync("api/v1/alarms?state=history", l => l.Items.Length == 1);
        Assert.Equal(0, (await platform.GetAsync("api/v1/assets/platform/self")).ValueOf("outboxFill"));
        var ledger = await platform.GetAsync("api/v1/ledger");
        Assert.Equal((0, 0, 0, 0), (ledger.Long("received"), ledger.Long("stored"), ledger.Long("waiting"), ledger.Long("unaccounted")));
    }
}
