using System.Buffers;
using System.IO.Pipelines;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;
using Microsoft.AspNetCore.Connections;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>Packets over the borders of the pipe's segments, which a socket alone can't be made to draw.</summary>
public sealed class SegmentTests
{
    private const MqttProtocolVersion V3 = MqttProtocolVersion.V311;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Read_PacketEndsNearASegmentsEnd_WhatFollowsIsServedWithoutAnotherByte(int bytesBeforeTheEnd)
    {
        var sink = new CountingSink();
        await using var server = new MqttServer(new MqttServerOptions(), new LoopbackOnly(), sink);
        var toServer = new Pipe();
        var toPeer = new Pipe();
        var context = new DefaultConnectionContext("segments", new Duplex(toServer.Reader, toPeer.Writer), new Duplex(toPeer.Reader, toServer.Writer))
        {
            RemoteEndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1),
        };
        Task serving = server.ServeAsync(context);
        await toServer.Writer.WriteAsync(RawPeer.Connect(V3, "segments"));
        await ServerFixture.EventuallyAsync(() => server.Counters[MqttEvent.Connected] == 1, "connected");

        // One flush of two segments; the first packet fills the first one but for so many bytes.
        int room = toServer.Writer.GetMemory(1).Length;
        int overhead = RawPeer.Publish(V3, "a", new string('x', 200), 0, 0).Length - 200;
        byte[] filling = RawPeer.Publish(V3, "a", new string('x', room - bytesBeforeTheEnd - overhead), 0, 0);
        Assert.Equal(room - bytesBeforeTheEnd, filling.Length);
        toServer.Writer.Write([.. filling, .. RawPeer.Publish(V3, "a", "next", 0, 0), .. RawPeer.Publish(V3, "a", "last", 0, 0)]);
        await toServer.Writer.FlushAsync();

        await ServerFixture.EventuallyAsync(() => sink.Taken.Count == 3, "all three messages are taken");
        Assert.Equal(["next", "last"], sink.Taken.Skip(1));
        await toServer.Writer.CompleteAsync();
        await serving;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
