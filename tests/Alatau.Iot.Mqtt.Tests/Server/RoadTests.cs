using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>What the road's answers do to the peer.</summary>
public sealed class RoadTests
{
    private const MqttProtocolVersion V5 = MqttProtocolVersion.V5;
    private const MqttProtocolVersion V3 = MqttProtocolVersion.V311;

    [Fact]
    public async Task Offer_TakenAt_IsAcknowledgedInOrderOnlyWhenCommitted()
    {
        var sink = new CountingSink { IsDeferring = true };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync([.. RawPeer.Publish(V5, "a", "1", 1, 1), .. RawPeer.Publish(V5, "a", "2", 2, 2), .. RawPeer.Publish(V5, "a", "3", 1, 3), 0xC0, 0]);

        // The ping overtakes: no acknowledgement was written before it.
        Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
        sink.Commit(2);
        await peer.ReadAckAsync(MqttPacketType.PublishAck, 1);
        await peer.ReadAckAsync(MqttPacketType.PublishReceived, 2);
        await peer.SendAsync(0xC0, 0);
        Assert.Equal(MqttPacketType.PingResponse, (await peer.ReadAsync()).Type);
        sink.Commit(3);
        await peer.ReadAckAsync(MqttPacketType.PublishAck, 3);
    }

    [Fact]
    public async Task Offer_ManyDeferredWithConcurrentCommits_EveryOneIsAcknowledgedInOrder()
    {
        var sink = new CountingSink { IsDeferring = true };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        const int Count = 8000;
        using var stop = new CancellationTokenSource();
        Task committing = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                sink.Commit(sink.Position);
        });
        Task sending = Task.Run(async () =>
        {
            for (ushort id = 1; id <= Count; id++)
                await peer.SendAsync(RawPeer.Publish(V5, "a", "x", 1, id));
        });
        for (ushort id = 1; id <= Count; id++)
            await peer.ReadAckAsync(MqttPacketType.PublishAck, id);
        await stop.CancelAsync();
        await Task.WhenAll(committing, sending);
    }

    [Fact]
    public async Task Offer_Refused_IsToldIn5AndAcknowledgedAndCountedIn311()
    {
        var sink = new CountingSink { Answer = _ => PublishVerdict.Refused(MqttReasonCode.PayloadFormatInvalid) };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer five = await RawPeer.ConnectAsync(server.Port);
        await using RawPeer three = await RawPeer.ConnectAsync(server.Port, V3);
        await five.SendAsync([.. RawPeer.Publish(V5, "a", "x", 1, 1), .. RawPeer.Publish(V5, "a", "x", 2, 2)]);
        await three.SendAsync(RawPeer.Publish(V3, "a", "x", 1, 1));

        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await five.ReadAckAsync(MqttPacketType.PublishAck, 1));
        Assert.Equal(MqttReasonCode.PayloadFormatInvalid, await five.ReadAckAsync(MqttPacketType.PublishReceived, 2));
        Assert.Equal(MqttReasonCode.Success, await three.ReadAckAsync(MqttPacketType.PublishAck, 1, V3));
        Assert.Equal(3, server.Server.Counters[MqttEvent.PublishRefused]);
    }

    [Fact]
    public async Task Offer_Busy_StopsReadingAndOffersTheSameMessageAgain()
    {
        bool isBusy = true;
        var sink = new CountingSink { Answer = payload => isBusy && payload == "2" ? PublishVerdict.Busy : PublishVerdict.Taken };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync([.. RawPeer.Publish(V5, "a", "1", 1, 1), .. RawPeer.Publish(V5, "a", "2", 1, 2), .. RawPeer.Publish(V5, "a", "3", 1, 3)]);
        await peer.ReadAckAsync(MqttPacketType.PublishAck, 1);
        await ServerFixture.EventuallyAsync(() => Volatile.Read(ref sink.BusyAnswers) > 0, "busy");
        Assert.Equal(["1"], sink.Taken);

        isBusy = false;
        await ServerFixture.EventuallyAsync(
            () =>
            {
                sink.MakeRoom();
                return sink.Taken.Count == 3;
            },
            "taken after room");
        await peer.ReadAckAsync(MqttPacketType.PublishAck, 2);
        await peer.ReadAckAsync(MqttPacketType.PublishAck, 3);
        Assert.Equal(["1", "2", "3"], sink.Taken);
    }

    [Theory]
    [InlineData(V5)]
    [InlineData(V3)]
    public async Task Publish_QoS2SentAgain_IsTakenOnce(MqttProtocolVersion version)
    {
        var sink = new CountingSink();
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port, version);
        await peer.SendAsync(RawPeer.Publish(version, "a", "x", 2, 9));
        await peer.ReadAckAsync(MqttPacketType.PublishReceived, 9, version);
        await peer.SendAsync(RawPeer.Publish(version, "a", "x", 2, 9, isDuplicate: true));
        await peer.ReadAckAsync(MqttPacketType.PublishReceived, 9, version);
        Assert.Single(sink.Taken);
        Assert.Equal(1, server.Server.Counters[MqttEvent.DuplicateSuppressed]);

        await peer.SendAsync(RawPeer.Ack(MqttPacketType.PublishRelease, version, 9));
        await peer.ReadAckAsync(MqttPacketType.PublishComplete, 9, version);
        await peer.SendAsync(RawPeer.Publish(version, "a", "y", 2, 9));
        await peer.ReadAckAsync(MqttPacketType.PublishReceived, 9, version);
        Assert.Equal(["x", "y"], sink.Taken);
    }

    [Fact]
    public async Task Publish_BeyondReceiveMaximum_DisconnectsIn5AndWaitsIn311()
    {
        var sink = new CountingSink { IsDeferring = true };
        await using ServerFixture server = await ServerFixture.StartAsync(options => options.ReceiveMaximum = 2, sink);
        await using RawPeer five = await RawPeer.ConnectAsync(server.Port);
        await five.SendAsync([.. RawPeer.Publish(V5, "a", "x", 1, 1), .. RawPeer.Publish(V5, "a", "x", 1, 2), .. RawPeer.Publish(V5, "a", "x", 1, 3)]);
        Assert.Equal(MqttReasonCode.ReceiveMaximumExceeded, await five.ReadEndAsync());

        await using RawPeer three = await RawPeer.ConnectAsync(server.Port, V3);
        await three.SendAsync([.. RawPeer.Publish(V3, "a", "x", 1, 1), .. RawPeer.Publish(V3, "a", "x", 1, 2), .. RawPeer.Publish(V3, "a", "x", 1, 3)]);
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 4, "two taken");
        sink.Commit(sink.Position);
        await three.ReadAckAsync(MqttPacketType.PublishAck, 1, V3);
        await three.ReadAckAsync(MqttPacketType.PublishAck, 2, V3);
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 5, "third taken");
        sink.Commit(sink.Position);
        await three.ReadAckAsync(MqttPacketType.PublishAck, 3, V3);
    }

    [Fact]
    public async Task Publish_ByAlias_ReachesTheRoadUnderTheTopic()
    {
        var sink = new CountingSink();
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer listener = await RawPeer.ConnectAsync(server.Port, V5, "listener");
        await listener.SendAsync(RawPeer.Subscribe(V5, 1, "long/topic", new SubscriptionOptions(0)));
        await listener.ReadAsync();
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync([
            .. RawPeer.Publish(V5, "long/topic", "1", properties: new PropertyWriter().UInt16(MqttPropertyId.TopicAlias, 3)),
            .. RawPeer.Publish(V5, "", "2", properties: new PropertyWriter().UInt16(MqttPropertyId.TopicAlias, 3))]);
        foreach (string expected in new[] { "1", "2" })
        {
            (byte first, byte[] body) = await listener.ReadWholeAsync();
            Assert.Equal(MqttReasonCode.Success, PublishPacket.Read((byte)(first & 15), body, V5, out PublishPacket packet));
            Assert.Equal("long/topic", System.Text.Encoding.UTF8.GetString(packet.Topic));
            Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(packet.Payload));
            Assert.True(packet.Properties.IsEmpty);
        }
    }

    [Fact]
    public async Task Bind_ManyMessages_IsAskedOncePerTopicUntilInvalidated()
    {
        var sink = new CountingSink();
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        for (int number = 0; number < 10; number++)
            await peer.SendAsync([.. RawPeer.Publish(V5, "a", "x"), .. RawPeer.Publish(V5, "b", "x")]);
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 20, "all taken");
        Assert.Equal(2, sink.Binds);
        server.Server.InvalidateBindings();
        await peer.SendAsync([.. RawPeer.Publish(V5, "a", "x"), .. RawPeer.Publish(V5, "a", "x")]);
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 22, "all taken");
        Assert.Equal(3, sink.Binds);
    }

    [Fact]
    public async Task TryFind_TopicTheRoadFinds_IsNotRememberedUntilSomebodyMayListen()
    {
        var sink = new CountingSink { FindsTopics = true };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync([.. RawPeer.Publish(V5, "found/a", "1"), .. RawPeer.Publish(V5, "found/b", "2"), .. RawPeer.Publish(V5, "other", "3")]);
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 3, "all taken");
        Assert.Equal(1, server.Server.TopicCount);
        await using RawPeer listener = await RawPeer.ConnectAsync(server.Port, V5, "listener");
        await listener.SendAsync(RawPeer.Subscribe(V5, 1, "+/a", new SubscriptionOptions(0)));
        await listener.ReadAsync();
        await peer.SendAsync([.. RawPeer.Publish(V5, "found/a", "4"), .. RawPeer.Publish(V5, "found/b", "5")]);
        (byte first, byte[] body) = await listener.ReadWholeAsync();
        Assert.Equal(MqttReasonCode.Success, PublishPacket.Read((byte)(first & 15), body, V5, out PublishPacket packet));
        Assert.Equal("4", System.Text.Encoding.UTF8.GetString(packet.Payload));
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 5, "all taken");
        Assert.Equal(["1", "2", "3", "4", "5"], sink.Taken);
    }

    [Fact]
    public async Task TryFind_RetainedMessage_IsKeptForLaterListeners()
    {
        var sink = new CountingSink { FindsTopics = true };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync(RawPeer.Publish(V5, "found/a", "1", isRetained: true));
        await ServerFixture.EventuallyAsync(() => server.Server.RetainedCount == 1, "kept");
    }

    [Fact]
    public async Task StopAsync_PeersConnected_TellsThemAndEndsSoon()
    {
        ServerFixture server = await ServerFixture.StartAsync();
        await using RawPeer five = await RawPeer.ConnectAsync(server.Port);
        await using RawPeer three = await RawPeer.ConnectAsync(server.Port, V3);
        long start = TimeProvider.System.GetTimestamp();
        await server.Server.StopAsync();
        Assert.Equal(MqttReasonCode.ServerShuttingDown, await five.ReadEndAsync());
        Assert.Null(await three.ReadEndAsync());
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
        await server.DisposeAsync();
    }

    [Fact]
    public async Task StopAsync_CommitArrivesWhileStopping_AcknowledgesFirst()
    {
        var sink = new CountingSink { IsDeferring = true };
        await using ServerFixture server = await ServerFixture.StartAsync(sink: sink);
        await using RawPeer peer = await RawPeer.ConnectAsync(server.Port);
        await peer.SendAsync(RawPeer.Publish(V5, "a", "x", 1, 1));
        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 1, "taken");
        Task stopping = server.Server.StopAsync();
        sink.Commit(1);
        await peer.ReadAckAsync(MqttPacketType.PublishAck, 1);
        Assert.Equal(MqttReasonCode.ServerShuttingDown, await peer.ReadEndAsync());
        await stopping;
    }
}
