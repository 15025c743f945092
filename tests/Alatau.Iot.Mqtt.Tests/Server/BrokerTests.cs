using System.Text;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>The broker's rules on the wire: sessions, wills, retained messages, subscription options.</summary>
public sealed class BrokerTests
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;

    [Fact]
    public async Task Subscribe_Options_NoLocalRetainAsPublishedAndIdentifiersHold()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port, V5, "one");
        await using RawPeer other = await RawPeer.ConnectAsync(server.Port, V5, "two");
        await SubscribeAsync(peer, "a/#", new SubscriptionOptions(1, IsNoLocal: true, IsRetainAsPublished: true), identifier: 200);
        await SubscribeAsync(other, "a/+", new SubscriptionOptions(0), identifier: 5);

        await peer.SendAsync(RawPeer.Publish(V5, "a/b", "mine", isRetained: true));
        Message own = await ReadMessageAsync(other);
        Assert.Equal(("mine", false, 5u), (own.Payload, own.IsRetained, own.Identifier));

        // Only now: what two connections send has no order among them.
        await other.SendAsync(RawPeer.Publish(V5, "a/b", "yours", 1, 1, isRetained: true));
        Message foreign = await ReadMessageAsync(peer);
        Assert.Equal(("yours", true, 200u, 1), (foreign.Payload, foreign.IsRetained, foreign.Identifier, foreign.QoS));
    }

    [Theory]
    [InlineData(0, true, true)]
    [InlineData(1, true, false)]
    [InlineData(2, false, false)]
    public async Task Subscribe_RetainHandling_DecidesWhetherRetainedMessagesCome(int handling, bool comesFirst, bool comesAgain)
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        server.Server.Publish("a/b"u8, "kept"u8, 1, retain: true);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        foreach (bool comes in new[] { comesFirst, comesAgain })
        {
            await SubscribeAsync(peer, "a/#", new SubscriptionOptions(0, RetainHandling: (byte)handling));
            if (comes)
            {
                Message message = await ReadMessageAsync(peer);
                Assert.Equal(("kept", true), (message.Payload, message.IsRetained));
            }

            await peer.SendAsync(0xC0, 0);
            Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
        }
    }

    [Fact]
    public async Task Retain_EmptyPayload_RemovesAndTheLimitHolds()
    {
        await using ServerFixture server = await ServerFixture.StartAsync(options => options.MaximumRetainedMessages = 2);
        foreach (string topic in new[] { "a", "b", "c" })
            server.Server.Publish(Encoding.UTF8.GetBytes(topic), "x"u8, retain: true);
        Assert.Equal(2, server.Server.RetainedCount);
        Assert.Equal(1, server.Server.Counters[MqttEvent.RetainedLimit]);
        server.Server.Publish("a"u8, default, retain: true);
        Assert.Equal(1, server.Server.RetainedCount);
        server.Server.Publish("never"u8, default, retain: true);
        Assert.Equal(1, server.Server.RetainedCount);
    }

    [Fact]
    public async Task Subscribe_Everything_SkipsDollarTopics()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        server.Server.Publish("$SYS/uptime"u8, "1"u8, retain: true);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await SubscribeAsync(peer, "#", new SubscriptionOptions(0));
        await SubscribeAsync(peer, "+/uptime", new SubscriptionOptions(0));
        server.Server.Publish("$SYS/uptime"u8, "2"u8);
        await SubscribeAsync(peer, "$SYS/#", new SubscriptionOptions(0));
        Assert.Equal("1", (await ReadMessageAsync(peer)).Payload);
        server.Server.Publish("$SYS/uptime"u8, "3"u8);
        Assert.Equal("3", (await ReadMessageAsync(peer)).Payload);
    }

    [Fact]
    public async Task Connect_SameClientId_TakesOver()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer first = await RawPeer.ConnectAsync(server.Port, V5, "same");
        await using RawPeer second = await RawPeer.ConnectAsync(server.Port, V5, "same");
        Assert.Equal(MqttReasonCode.SessionTakenOver, await first.ReadEndAsync());
        Assert.Equal(1, server.Server.Counters[MqttEvent.SessionTakenOver]);
        await ServerFixture.EventuallyAsync(() => server.Server.SessionCount == 1, "one session");
    }

    [Fact]
    public async Task Session_Resumed_KeepsSubscriptionsAndSendsWhatWaitedAndWhatWasNotAcknowledged()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        PropertyWriter Keep() => new PropertyWriter().UInt32(MqttPropertyId.SessionExpiryInterval, 60);
        await using (RawPeer peer = await RawPeer.ConnectAsync(server.Port, V5, "kept", properties: Keep()))
        {
            await SubscribeAsync(peer, "a", new SubscriptionOptions(1));
            server.Server.Publish("a"u8, "unacknowledged"u8, 1);
            Assert.False((await ReadMessageAsync(peer)).IsDuplicate);
        }

        await ServerFixture.EventuallyAsync(() => server.Server.Counters.Connections == 0, "gone");
        server.Server.Publish("a"u8, "waited"u8, 1);
        server.Server.Publish("a"u8, "QoS 0 is not kept"u8);
        await using RawPeer again = await RawPeer.OpenAsync(server.Port);
        await again.SendAsync(RawPeer.Connect(V5, "kept", isClean: false, properties: Keep()));
        Assert.Equal(1, (await again.ReadAsync()).Body[0]);
        Message first = await ReadMessageAsync(again);
        Assert.Equal(("unacknowledged", true), (first.Payload, first.IsDuplicate));
        Message second = await ReadMessageAsync(again);
        Assert.Equal(("waited", false), (second.Payload, second.IsDuplicate));
        await again.SendAsync([.. RawPeer.Ack(MqttPacketType.PublishAck, V5, first.PacketId), .. RawPeer.Ack(MqttPacketType.PublishAck, V5, second.PacketId), 0xE0, 0]);
        await again.ReadEndAsync();

        await using RawPeer clean = await RawPeer.OpenAsync(server.Port);
        await clean.SendAsync(RawPeer.Connect(V5, "kept", isClean: true));
        Assert.Equal(0, (await clean.ReadAsync()).Body[0]);
        Assert.Equal(1, server.Server.SessionCount);
    }

    [Fact]
    public async Task Session_Expired_IsForgotten()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using (RawPeer peer = await RawPeer.ConnectAsync(server.Port, V5, "brief", properties: new PropertyWriter().UInt32(MqttPropertyId.SessionExpiryInterval, 1)))
            await SubscribeAsync(peer, "a", new SubscriptionOptions(1));
        await ServerFixture.EventuallyAsync(() => server.Server.Counters[MqttEvent.SessionExpired] == 1, "expired");
        Assert.Equal(0, server.Server.SessionCount);
    }

    [Fact]
    public async Task Will_PeerVanishes_IsPublishedAndNotAfterDisconnect()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer listener = await RawPeer.ConnectAsync(server.Port, V5, "listener");
        await SubscribeAsync(listener, "will/#", new SubscriptionOptions(0));
        await using (RawPeer polite = await RawPeer.ConnectAsync(server.Port, V5, "polite", will: "will/polite"))
        {
            await polite.SendAsync(0xE0, 0);
            await polite.ReadEndAsync();
        }

        await using (RawPeer withWill = await RawPeer.ConnectAsync(server.Port, V5, "with", will: "will/with"))
        {
            await withWill.SendAsync(0xE0, 1, 4);
            await withWill.ReadEndAsync();
        }

        Assert.Equal("will/with", (await ReadMessageAsync(listener)).Topic);
        await using (await RawPeer.ConnectAsync(server.Port, V5, "rude", will: "will/rude"))
        {
            // Closed without a word.
        }

        Assert.Equal("will/rude", (await ReadMessageAsync(listener)).Topic);
        Assert.Equal(2, server.Server.Counters[MqttEvent.WillPublished]);
    }

    [Fact]
    public async Task Deliver_ClientsMaximumPacketSize_IsHonoured()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port, properties: new PropertyWriter().UInt32(MqttPropertyId.MaximumPacketSize, 40));
        await SubscribeAsync(peer, "a", new SubscriptionOptions(1));
        server.Server.Publish("a"u8, new byte[100], 1);
        server.Server.Publish("a"u8, "small"u8, 1);
        Assert.Equal("small", (await ReadMessageAsync(peer)).Payload);
        Assert.Equal(1, server.Server.Counters[MqttEvent.SubscriberPacketLimit]);
    }

    [Fact]
    public async Task Deliver_ClientsReceiveMaximum_IsHonoured()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port, properties: new PropertyWriter().UInt16(MqttPropertyId.ReceiveMaximum, 1));
        await SubscribeAsync(peer, "a", new SubscriptionOptions(2));
        server.Server.Publish("a"u8, "1"u8, 2);
        server.Server.Publish("a"u8, "2"u8, 1);
        Message first = await ReadMessageAsync(peer);
        Assert.Equal(("1", 2), (first.Payload, first.QoS));
        await peer.SendAsync(0xC0, 0);
        Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
        await peer.SendAsync(RawPeer.Ack(MqttPacketType.PublishReceived, V5, first.PacketId));
        await peer.ReadAckAsync(MqttPacketType.PublishRelease, first.PacketId);
        await peer.SendAsync(RawPeer.Ack(MqttPacketType.PublishComplete, V5, first.PacketId));
        Assert.Equal("2", (await ReadMessageAsync(peer)).Payload);
    }

    [Fact]
    public async Task Publish_MessageExpiry_IsCountedDownAndHonoured()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer publisher = await RawPeer.ConnectAsync(server.Port);
        await publisher.SendAsync([
            .. RawPeer.Publish(V5, "short", "x", 1, 1, isRetained: true, properties: new PropertyWriter().UInt32(MqttPropertyId.MessageExpiryInterval, 1)),
            .. RawPeer.Publish(V5, "long", "x", 1, 2, isRetained: true, properties: new PropertyWriter().UInt32(MqttPropertyId.MessageExpiryInterval, 100).User("k"u8, "v"u8))]);
        await publisher.ReadAckAsync(MqttPacketType.PublishAck, 1);
        await publisher.ReadAckAsync(MqttPacketType.PublishAck, 2);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await SubscribeAsync(peer, "long", new SubscriptionOptions(0));
        Message message = await ReadMessageAsync(peer);
        Assert.InRange(message.Expiry, 1u, 100u);
        long start = TimeProvider.System.GetTimestamp();
        await ServerFixture.EventuallyAsync(() => TimeProvider.System.GetElapsedTime(start) > TimeSpan.FromMilliseconds(1100), "a second");
        await SubscribeAsync(peer, "short", new SubscriptionOptions(0));
        await peer.SendAsync(0xC0, 0);
        Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
        Assert.Equal(1, server.Server.Counters[MqttEvent.MessageExpired]);
    }

    [Fact]
    public async Task Subscribe_Shared_EachMessageGoesToOneMember()
    {
        await using ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer one = await RawPeer.ConnectAsync(server.Port, V5, "one");
        await using RawPeer two = await RawPeer.ConnectAsync(server.Port, V5, "two");
        await SubscribeAsync(one, "$share/g/a/#", new SubscriptionOptions(1));
        await SubscribeAsync(two, "$share/g/a/#", new SubscriptionOptions(1));
        for (int number = 0; number < 4; number++)
            server.Server.Publish("a/b"u8, Encoding.UTF8.GetBytes($"{number}"), 1);
        string[] heard = [(await ReadMessageAsync(one)).Payload, (await ReadMessageAsync(one)).Payload, (await ReadMessageAsync(two)).Payload, (await ReadMessageAsync(two)).Payload];
        Assert.Equal(["0", "1", "2", "3"], heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Subscribe_LimitAndBadFilters_AreAnsweredWithTheirCodes()
    {
        await using ServerFixture server = await ServerFixture.StartAsync(options => options.MaximumSubscriptionsPerClient = 1);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        Assert.Equal(MqttReasonCode.TopicFilterInvalid, await SubscribeAsync(peer, "a/#/b", new SubscriptionOptions(0)));
        Assert.Equal(MqttReasonCode.TopicFilterInvalid, await SubscribeAsync(peer, "$share//b", new SubscriptionOptions(0)));
        Assert.Equal(MqttReasonCode.GrantedQoS1, await SubscribeAsync(peer, "a", new SubscriptionOptions(1)));
        Assert.Equal(MqttReasonCode.QuotaExceeded, await SubscribeAsync(peer, "b", new SubscriptionOptions(1)));
        Assert.Equal(MqttReasonCode.GrantedQoS2, await SubscribeAsync(peer, "a", new SubscriptionOptions(2)));
        await using RawPeer three = await RawPeer.ConnectAsync(server.Port, MqttProtocolVersion.V311);
        await three.SendAsync(RawPeer.Subscribe(MqttProtocolVersion.V311, 1, "a/#/b", new SubscriptionOptions(0)));
        Assert.Equal(0x80, (await three.ReadAsync()).Body[^1]);
    }

    private static async Task<MqttReasonCode> SubscribeAsync(RawPeer peer, string filter, SubscriptionOptions options, uint identifier = 0)
    {
        await peer.SendAsync(RawPeer.Subscribe(V5, 77, filter, options, identifier));
        (MqttPacketType type, byte[] body) = await peer.ReadAsync();
        Assert.Equal(MqttPacketType.SubscribeAck, type);
        return (MqttReasonCode)body[^1];
    }

    private static async Task<Message> ReadMessageAsync(RawPeer peer)
    {
        while (true)
        {
            (byte first, byte[] body) = await peer.ReadWholeAsync();
            // Acknowledgements of what the peer itself published may come first.
            if (first >> 4 == (int)MqttPacketType.PublishAck)
                continue;
            Assert.Equal(MqttPacketType.Publish, (MqttPacketType)(first >> 4));
            Assert.Equal(MqttReasonCode.Success, PublishPacket.Read((byte)(first & 15), body, V5, out PublishPacket packet));
            packet.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out uint identifier);
            packet.Properties.TryGetNumber(MqttPropertyId.MessageExpiryInterval, out uint expiry);
            return new Message(Encoding.UTF8.GetString(packet.Topic), Encoding.UTF8.GetString(packet.Payload), packet.QoS, packet.IsRetained, packet.IsDuplicate, packet.PacketId, identifier, expiry);
        }
    }

    private sealed record Message(string Topic, string Payload, int QoS, bool IsRetained, bool IsDuplicate, ushort PacketId, uint Identifier, uint Expiry);
}
