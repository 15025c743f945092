using System.Collections.Concurrent;
using System.Text;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;
using Alatau.Iot.Mqtt.Tests.Server;

namespace Alatau.Iot.Mqtt.Tests.Client;

/// <summary>Our client against our server.</summary>
public sealed class ClientServerTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311, 0)]
    [InlineData(MqttProtocolVersion.V311, 1)]
    [InlineData(MqttProtocolVersion.V311, 2)]
    [InlineData(MqttProtocolVersion.V5, 0)]
    [InlineData(MqttProtocolVersion.V5, 1)]
    [InlineData(MqttProtocolVersion.V5, 2)]
    public async Task PublishAsync_ThousandMessages_ArriveInOrder(MqttProtocolVersion version, int qos)
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        var heard = new ConcurrentQueue<string>();
        await using MqttClient subscriber = await MqttClient.ConnectAsync(Options(server, version), (in message) => heard.Enqueue(Encoding.UTF8.GetString(message.Payload)));
        MqttReasonCode[] codes = await subscriber.SubscribeAsync("a/+/c", qos);
        Assert.Equal((MqttReasonCode)qos, Assert.Single(codes));
        await using MqttClient publisher = await MqttClient.ConnectAsync(Options(server, version));

        for (int number = 0; number < 1000; number++)
        {
            byte[] payload = Encoding.UTF8.GetBytes(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            while (publisher.TryPublish("a/b/c"u8, payload, qos) == MqttSendResult.NoRoom)
                await publisher.WaitForRoomAsync();
        }

        await publisher.DrainAsync();
        await ServerFixture.EventuallyAsync(() => heard.Count >= 1000, $"1000 messages, have {heard.Count}");
        Assert.Equal(Enumerable.Range(0, 1000).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)), heard);
        Assert.Equal(0, publisher.InFlightCount);
    }

    [Fact]
    public async Task PublishAsync_MegabytePayload_Arrives()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        var heard = new TaskCompletionSource<int>();
        await using MqttClient subscriber = await MqttClient.ConnectAsync(Options(server), (in message) => heard.TrySetResult(message.Payload.Length));
        await subscriber.SubscribeAsync("big", 1);
        await using MqttClient publisher = await MqttClient.ConnectAsync(Options(server));

        MqttPublishResult result = await publisher.PublishAsync("big"u8.ToArray(), new byte[MqttServerOptions.DefaultMaximumPacketSize - 100], 1);

        Assert.True(result.IsAccepted);
        Assert.Equal(MqttServerOptions.DefaultMaximumPacketSize - 100, await heard.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(MqttSendResult.TooLarge, publisher.TryPublish("big"u8, new byte[MqttServerOptions.DefaultMaximumPacketSize]));
    }

    private static MqttClientOptions Options(ServerFixture server, MqttProtocolVersion version = MqttProtocolVersion.V5)
        => new() { Port = server.Port, Version = version };
}
