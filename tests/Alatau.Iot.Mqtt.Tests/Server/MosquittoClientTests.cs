using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>mosquitto_pub and mosquitto_sub against our server.</summary>
public sealed class MosquittoClientTests
{
    [Theory]
    [InlineData("mqttv311", 0)]
    [InlineData("mqttv311", 1)]
    [InlineData("mqttv311", 2)]
    [InlineData("mqttv5", 0)]
    [InlineData("mqttv5", 1)]
    [InlineData("mqttv5", 2)]
    public async Task Publish_SubscriberMatches_MessageArrives(string version, int qos)
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        await using ServerFixture server = await ServerFixture.StartAsync();
        string level = qos.ToString(System.Globalization.CultureInfo.InvariantCulture);
        await using ProcessPeer subscriber = await MosquittoClients.SubscribeAsync(server.Port, "alatau/+/gate/#", "-q", level, "-V", version, "-F", "%t|%q|%p");

        (int code, string output) = await MosquittoClients.PublishAsync(server.Port, "alatau/v1/gate/meter-1/telemetry", "hello", "-q", level, "-V", version);

        Assert.True(code == 0, output);
        await subscriber.WaitForAsync($"alatau/v1/gate/meter-1/telemetry|{qos}|hello");
    }
}
