using System.Collections.Concurrent;
using System.Text;
using Alatau.Iot.Mqtt.Client;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Tests.Server;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Mqtt.Tests.Client;

/// <summary>Our client against a real mosquitto.</summary>
public sealed class MosquittoBrokerTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311, 0)]
    [InlineData(MqttProtocolVersion.V311, 1)]
    [InlineData(MqttProtocolVersion.V311, 2)]
    [InlineData(MqttProtocolVersion.V5, 0)]
    [InlineData(MqttProtocolVersion.V5, 1)]
    [InlineData(MqttProtocolVersion.V5, 2)]
    public async Task PublishAsync_ThroughMosquitto_ArrivesOnceInOrder(MqttProtocolVersion version, int qos)
    {
        Assert.SkipWhen(MosquittoBroker.Missing is not null, MosquittoBroker.Missing ?? "");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var heard = new ConcurrentQueue<string>();
        await using MqttClient subscriber = await MqttClient.ConnectAsync(Options(broker, version), (in message) => heard.Enqueue(Encoding.UTF8.GetString(message.Payload)));
        await subscriber.SubscribeAsync("a/#", qos);
        await using MqttClient publisher = await MqttClient.ConnectAsync(Options(broker, version));
        for (int number = 0; number < 300; number++)
        {
            MqttSendResult result;
            while ((result = publisher.TryPublish("a/b"u8, Encoding.UTF8.GetBytes($"{number}"), qos)) == MqttSendResult.NoRoom)
                await publisher.WaitForRoomAsync();
            Assert.Equal(MqttSendResult.Written, result);
        }

        await publisher.DrainAsync();
        await ServerFixture.EventuallyAsync(() => heard.Count >= 300, $"300 messages, have {heard.Count}");
        Assert.Equal(Enumerable.Range(0, 300).Select(number => $"{number}"), heard);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Handler_AcknowledgementNotCompleted_TheMessageComesAgain(int qos)
    {
        Assert.SkipWhen(MosquittoBroker.Missing is not null, MosquittoBroker.Missing ?? "");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        MqttClientOptions options = Options(broker, MqttProtocolVersion.V5);
        options.ClientId = "bridge";
        options.IsCleanStart = false;
        options.SessionExpiry = TimeSpan.FromMinutes(5);
        var tokens = new ConcurrentQueue<(string Payload, bool IsDuplicate, MqttAcknowledgement Token)>();
        MqttMessageHandler handler = (in message) => tokens.Enqueue((Encoding.UTF8.GetString(message.Payload), message.IsDuplicate, message.TakeAcknowledgement()));
        MqttClient first = await MqttClient.ConnectAsync(options, handler);
        await first.SubscribeAsync("a", qos);
        await using MqttClient publisher = await MqttClient.ConnectAsync(Options(broker, MqttProtocolVersion.V5));
        await publisher.PublishAsync("a"u8.ToArray(), "1"u8.ToArray(), qos);
        await publisher.PublishAsync("a"u8.ToArray(), "2"u8.ToArray(), qos);
        await ServerFixture.EventuallyAsync(() => tokens.Count == 2, "two messages");
        Assert.True(tokens.TryDequeue(out (string Payload, bool IsDuplicate, MqttAcknowledgement Token) one));
        Assert.True(one.Token.Complete());
        Assert.False(one.Token.Complete());
        Assert.True(tokens.TryDequeue(out (string Payload, bool IsDuplicate, MqttAcknowledgement Token) two));
        await broker.WaitForLogAsync(qos == 1 ? "Received PUBACK from bridge" : "Received PUBCOMP from bridge");
        first.Abort();
        await first.Completion;
        Assert.False(two.Token.Complete());

        await using MqttClient second = await MqttClient.ConnectAsync(options, handler);
        Assert.True(second.IsSessionPresent);
        await ServerFixture.EventuallyAsync(() => !tokens.IsEmpty, "the second message again");
        (string payload, bool isDuplicate, MqttAcknowledgement token) = Assert.Single(tokens);
        Assert.Equal(("2", true), (payload, isDuplicate));
        Assert.True(token.Complete());
    }

    [Fact]
    public async Task Link_BrokerKilledAndBack_ConnectsSubscribesAndPublishesAgain()
    {
        Assert.SkipWhen(MosquittoBroker.Missing is not null, MosquittoBroker.Missing ?? "");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        MqttClientOptions options = Options(broker, MqttProtocolVersion.V5);
        options.ReconnectMinimum = TimeSpan.FromMilliseconds(20);
        options.ReconnectMaximum = TimeSpan.FromMilliseconds(200);
        var heard = new ConcurrentQueue<string>();
        await using var link = new MqttLink(options, (in message) => heard.Enqueue(Encoding.UTF8.GetString(message.Payload)), [new MqttSubscription("$share/group/a/#", 1)]);
        link.Start();
        MqttClient first = await link.WaitForConnectionAsync();
        Assert.True((await link.PublishAsync("a/1"u8.ToArray(), "before"u8.ToArray())).IsAccepted);

        await broker.KillAsync();
        await first.Completion.WaitAsync(TimeSpan.FromSeconds(20));
        ValueTask<MqttPublishResult> waiting = link.PublishAsync("a/2"u8.ToArray(), "while away"u8.ToArray());
        await ServerFixture.EventuallyAsync(() => link.Failures > 0, "a failed attempt");
        Assert.False(link.IsConnected);
        await broker.RestartAsync();

        Assert.True((await waiting).IsAccepted);
        Assert.Equal(2, link.Connects);
        await ServerFixture.EventuallyAsync(() => heard.Count == 2, "both messages");
        Assert.Equal(["before", "while away"], heard);
    }

    [Fact]
    public async Task Subscribe_SharedByTwoClients_EachMessageComesOnce()
    {
        Assert.SkipWhen(MosquittoBroker.Missing is not null, MosquittoBroker.Missing ?? "");
        await using MosquittoBroker broker = await MosquittoBroker.StartAsync();
        var heard = new ConcurrentQueue<string>();
        MqttMessageHandler handler = (in message) => heard.Enqueue(Encoding.UTF8.GetString(message.Payload));
        await using MqttClient one = await MqttClient.ConnectAsync(Options(broker, MqttProtocolVersion.V5), handler);
        await using MqttClient two = await MqttClient.ConnectAsync(Options(broker, MqttProtocolVersion.V5), handler);
        await one.SubscribeAsync("$share/g/a", 1);
        await two.SubscribeAsync("$share/g/a", 1);
        await using MqttClient publisher = await MqttClient.ConnectAsync(Options(broker, MqttProtocolVersion.V5));
        for (int number = 0; number < 20; number++)
            await publisher.PublishAsync("a"u8.ToArray(), Encoding.UTF8.GetBytes($"{number:00}"), 1);
        await publisher.SubscribeAsync("end", 1);
        await ServerFixture.EventuallyAsync(() => heard.Count >= 20, "twenty");
        Assert.Equal(Enumerable.Range(0, 20).Select(number => $"{number:00}"), heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_SaysSo()
    {
        MqttConnectException fault = await Assert.ThrowsAsync<MqttConnectException>(() => MqttClient.ConnectAsync(new MqttClientOptions { Port = FreePort.Take() }));
        Assert.Equal(MqttReasonCode.ServerUnavailable, fault.Reason);
    }

    [Theory]
    [InlineData("mqtt://user:p%40ss@broker.example:1884", "broker.example", 1884, false, "user", "p@ss")]
    [InlineData("mqtts://broker.example", "broker.example", 8883, true, null, null)]
    [InlineData("mqtt://[::1]", "::1", 1883, false, null, null)]
    public void Parse_Addresses_AreRead(string address, string host, int port, bool useTls, string? user, string? password)
    {
        MqttClientOptions options = MqttClientOptions.Parse(address);
        Assert.Equal((host, port, useTls, user, password), (options.Host, options.Port, options.UseTls, options.UserName, options.Password));
    }

    [Theory]
    [InlineData("http://broker")]
    [InlineData("broker:1883")]
    [InlineData("mqtt://")]
    [InlineData("mqtt://broker/topic")]
    public void Parse_OtherThings_AreRefused(string address)
        => Assert.Throws<FormatException>(() => MqttClientOptions.Parse(address));

    [Fact]
    public void NextPause_ManyFailures_StaysBetweenTheBoundsAndGrows()
    {
        var options = new MqttClientOptions { Random = new Random(7) };
        TimeSpan pause = options.ReconnectMinimum;
        TimeSpan longest = pause;
        for (int attempt = 0; attempt < 100; attempt++)
        {
            pause = MqttLink.NextPause(pause, options);
            Assert.InRange(pause, options.ReconnectMinimum, options.ReconnectMaximum);
            longest = pause > longest ? pause : longest;
        }

        Assert.True(longest > TimeSpan.FromSeconds(10));
    }

    private static MqttClientOptions Options(MosquittoBroker broker, MqttProtocolVersion version) => new() { Port = broker.Port, Version = version };
}
