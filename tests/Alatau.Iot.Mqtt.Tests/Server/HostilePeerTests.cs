using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>Bad input: each kind is refused with its reason, counted, and leaves others alone.</summary>
public sealed class HostilePeerTests
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const MqttProtocolVersion V3 = MqttProtocolVersion.V311;

    [Theory]
    [InlineData("30 FF FF FF 7F", MqttReasonCode.PacketTooLarge, MqttEvent.PacketTooLarge)]
    [InlineData("30 FF FF FF FF", MqttReasonCode.MalformedPacket, MqttEvent.MalformedPacket)]
    [InlineData("36 05 00 01 61 00 00", MqttReasonCode.MalformedPacket, MqttEvent.MalformedPacket)]
    [InlineData("30 04 00 01 23 00", MqttReasonCode.TopicNameInvalid, MqttEvent.TopicNameInvalid)]
    [InlineData("30 04 00 01 00 00", MqttReasonCode.MalformedPacket, MqttEvent.MalformedPacket)]
    [InlineData("30 06 00 03 ED A0 80 00", MqttReasonCode.MalformedPacket, MqttEvent.MalformedPacket)]
    [InlineData("32 06 00 01 61 00 00 00", MqttReasonCode.ProtocolError, MqttEvent.ProtocolError)]
    [InlineData("30 06 00 00 03 23 00 01", MqttReasonCode.ProtocolError, MqttEvent.ProtocolError)]
    [InlineData("30 07 00 01 61 03 23 FF FF", MqttReasonCode.TopicAliasInvalid, MqttEvent.TopicAliasInvalid)]
    [InlineData("20 02 00 00", MqttReasonCode.ProtocolError, MqttEvent.ProtocolError)]
    [InlineData("F0 00", MqttReasonCode.ProtocolError, MqttEvent.ProtocolError)]
    [InlineData("00 00", MqttReasonCode.MalformedPacket, MqttEvent.MalformedPacket)]
    public async Task Receive_BadPacket_IsToldTheReasonCountedAndClosed(string hex, MqttReasonCode reason, MqttEvent counted)
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer bystander = await RawPeer.ConnectAsync(server.Port, V5, "bystander");
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);

        await peer.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Equal(reason, await peer.ReadEndAsync());
        Assert.Equal(1, server.Server.Counters[counted]);
        await AssertServesAsync(bystander);
    }

    [Fact]
    public async Task Receive_SecondConnect_IsProtocolError()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync(RawPeer.Connect(V5));
        Assert.Equal(MqttReasonCode.ProtocolError, await peer.ReadEndAsync());
    }

    [Fact]
    public async Task Receive_BadPacketIn311_IsJustClosed()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port, V3);
        await peer.SendAsync(RawPeer.Publish(V3, "a/#", "x"));
        Assert.Null(await peer.ReadEndAsync());
        Assert.Equal(1, server.Server.Counters[MqttEvent.TopicNameInvalid]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002")]
    public async Task Receive_AnotherProtocol_IsCountedAndClosed(string text)
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.OpenAsync(server.Port);
        await peer.SendAsync(System.Text.Encoding.ASCII.GetBytes(text));
        Assert.Null(await peer.ReadEndAsync());
        Assert.Equal(1, server.Server.Counters[MqttEvent.NotMqtt]);
    }

    [Fact]
    public async Task Receive_HugeConnect_IsRefusedFromItsHeader()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.OpenAsync(server.Port);
        await peer.SendAsync(0x10, 0xFF, 0xFF, 0x03);
        Assert.Null(await peer.ReadEndAsync());
        Assert.Equal(1, server.Server.Counters[MqttEvent.PacketTooLarge]);
    }

    [Theory]
    [InlineData(6, V5)]
    [InlineData(3, V3)]
    public async Task Connect_UnknownLevel_IsAnswered(int level, MqttProtocolVersion answered)
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.OpenAsync(server.Port);
        await peer.SendAsync([0x10, 13, 0, 4, .. "MQTT"u8, (byte)level, 2, 0, 0, 0, 1, (byte)'a']);
        (MqttPacketType type, byte[] body) = await peer.ReadAsync();
        Assert.Equal(MqttPacketType.ConnectAck, type);
        Assert.Equal(answered == V5 ? 0x84 : 1, body[1]);
        Assert.Equal(1, server.Server.Counters[MqttEvent.UnsupportedVersion]);
    }

    [Fact]
    public async Task Connect_EmptyIdWithoutCleanSession_IsRefusedIn311()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.OpenAsync(server.Port);
        await peer.SendAsync(RawPeer.Connect(V3, "", isClean: false));
        Assert.Equal(2, (await peer.ReadAsync()).Body[1]);
    }

    [Fact]
    public async Task Receive_StopsMidPacket_IsCountedAndOthersGoOn()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer bystander = await RawPeer.ConnectAsync(server.Port, V5, "bystander");
        await using (RawPeer peer = await RawPeer.ConnectAsync(server.Port))
            await peer.SendAsync(0x30, 0x50, 0x00, 0x01);
        await ServerFixture.EventuallyAsync(() => server.Server.Counters[MqttEvent.StoppedMidPacket] == 1, "stopped mid-packet");
        await AssertServesAsync(bystander);
    }

    [Fact]
    public async Task Receive_SilentMidPacket_IsClosedByKeepAlive()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port, keepAlive: 1);
        await peer.SendAsync(0x30, 0x50, 0x00, 0x01);
        Assert.Equal(MqttReasonCode.KeepAliveTimeout, await peer.ReadEndAsync());
        Assert.Equal(1, server.Server.Counters[MqttEvent.KeepAliveTimeout]);
    }

    [Fact]
    public async Task Accept_ThousandsOfSilentConnections_AreClosedAndCountedWhileOthersAreServed()
    {
        const int Silent = 2000;
        await using ServerFixture server = await ServerFixture.StartAsync(options => options.ConnectTimeout = TimeSpan.FromSeconds(2));
        var peers = new List<RawPeer>();
        for (int number = 0; number < Silent; number++)
            peers.Add(await RawPeer.OpenAsync(server.Port));
        await using RawPeer bystander = await RawPeer.ConnectAsync(server.Port, V5, "bystander");
        await AssertServesAsync(bystander);

        await ServerFixture.EventuallyAsync(() => server.Server.Counters[MqttEvent.ConnectTimeout] == Silent, "all silent peers closed");
        await ServerFixture.EventuallyAsync(() => server.Server.Counters.Connections == 1, "one connection left");
        await AssertServesAsync(bystander);
        foreach (RawPeer peer in peers)
            await peer.DisposeAsync();
    }

    [Fact]
    public async Task Accept_OneTooMany_IsClosedAndCounted()
    {
        await using ServerFixture server = await ServerFixture.StartAsync(options => options.MaximumConnections = 2);
        await using RawPeer first = await RawPeer.ConnectAsync(server.Port);
        await using RawPeer second = await RawPeer.ConnectAsync(server.Port);
        try
        {
            await using RawPeer third = await RawPeer.OpenAsync(server.Port);
            Assert.Null(await third.ReadEndAsync());
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The reset may come before our side knows that it is connected.
        }

        await ServerFixture.EventuallyAsync(() => server.Server.Counters[MqttEvent.ConnectionLimit] == 1, "refused");
        await AssertServesAsync(first);
    }

    [Fact]
    public async Task Receive_RandomGarbage_NeverFaultsTheServer()
    {
        var random = new Random(20261122);
        await using ServerFixture server = await ServerFixture.StartAsync();
        for (int round = 0; round < 200; round++)
        {
            byte[] bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            bool isConnected = (round & 1) == 0;
            await using RawPeer peer = isConnected ? await RawPeer.ConnectAsync(server.Port, (round & 2) == 0 ? V5 : V3) : await RawPeer.OpenAsync(server.Port);
            try
            {
                await peer.SendAsync(bytes);
            }
            catch (IOException)
            {
                // The server may have closed at the first byte.
            }
        }

        await using RawPeer bystander = await RawPeer.ConnectAsync(server.Port, V5, "bystander");
        await AssertServesAsync(bystander);
        Assert.Equal(0, server.Server.Counters[MqttEvent.InternalError]);
    }

    [Fact]
    public async Task Receive_EverySplitOfTheStream_GivesTheSameMessages()
    {
        var sink = new CountingSink();
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        byte[] stream = [
            .. RawPeer.Publish(V5, "a/b", "one"),
            .. RawPeer.Publish(V5, "a/b", "two", 1, 7),
            .. RawPeer.Publish(V5, "a/c", "three", properties: new PropertyWriter().User("k"u8, "v"u8)),
            0xC0, 0x00];
        for (int cut = 1; cut < stream.Length; cut++)
        {
            await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
            await peer.SendAsync(stream[..cut]);
            await peer.SendAsync(stream[cut..]);
            Assert.Equal(MqttReasonCode.Success, await peer.ReadAckAsync(MqttPacketType.PublishAck, 7));
            Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
        }

        Assert.Equal(Enumerable.Repeat<string[]>(["one", "two", "three"], stream.Length - 1).SelectMany(messages => messages), sink.Taken);
    }

    [Fact]
    public async Task Publish_DeepTopic_IsRefused()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync(RawPeer.Publish(V5, new string('/', 60_000), "x", isRetained: true));
        Assert.Equal(MqttReasonCode.TopicNameInvalid, await peer.ReadEndAsync());
    }

    [Fact]
    public async Task Deliver_SubscriberThatDoesNotRead_LosesAndIsCountedWhileThePublisherGoesOn()
    {
        await using ServerFixture server = await ServerFixture.StartAsync(options => options.OutgoingQueueBytes = 64 * 1024);
        await using RawPeer slow = await RawPeer.ConnectAsync(server.Port, V5, "slow");
        await slow.SendAsync(RawPeer.Subscribe(V5, 1, "#", new SubscriptionOptions(0)));
        await slow.ReadAsync();
        await using RawPeer publisher = await RawPeer.ConnectAsync(server.Port, V5, "publisher");
        byte[] packet = RawPeer.Publish(V5, "a", new string('x', 8000));
        int sent = 0;
        while (server.Server.Counters[MqttEvent.SubscriberQueueFull] == 0)
        {
            Assert.True(sent++ < 100_000, "never full");
            await publisher.SendAsync(packet);
        }

        await AssertServesAsync(publisher);
    }

    private static async Task AssertServesAsync(RawPeer peer)
    {
        await peer.SendAsync(0xC0, 0x00);
        Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
    }
}
