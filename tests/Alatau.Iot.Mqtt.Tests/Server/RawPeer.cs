using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>A peer that sends exactly the bytes a test wants.</summary>
internal sealed class RawPeer : IAsyncDisposable
{
    private readonly TcpClient _client = new() { NoDelay = true };
    private NetworkStream _stream = null!;

    public static async Task<RawPeer> OpenAsync(int port)
    {
        var peer = new RawPeer();
        await peer._client.ConnectAsync(IPAddress.Loopback, port);
        peer._stream = peer._client.GetStream();
        return peer;
    }

    /// <summary>Opens, sends CONNECT and reads CONNACK.</summary>
    public static async Task<RawPeer> ConnectAsync(
        int port, MqttProtocolVersion version = MqttProtocolVersion.V5, string clientId = "", ushort keepAlive = 0, bool isClean = true, PropertyWriter? properties = null, string? will = null)
    {
        RawPeer peer = await OpenAsync(port);
        await peer.SendAsync(Connect(version, clientId, keepAlive, isClean, properties, will));
        (MqttPacketType type, byte[] body) = await peer.ReadAsync();
        Assert.Equal(MqttPacketType.ConnectAck, type);
        Assert.Equal(0, body[1]);
        return peer;
    }

    public static byte[] Connect(
        MqttProtocolVersion version, string clientId = "", ushort keepAlive = 0, bool isClean = true, PropertyWriter? properties = null, string? will = null, string? user = null, string? password = null)
    {
        var output = new ArrayBufferWriter<byte>();
        MqttProperties.Validate(properties is null ? default : properties.Encoded, ulong.MaxValue, out MqttProperties encoded);
        new ConnectPacket
        {
            Version = version,
            IsCleanStart = isClean,
            KeepAliveSeconds = keepAlive,
            ClientId = System.Text.Encoding.UTF8.GetBytes(clientId),
            Properties = encoded,
            HasWill = will is not null,
            WillTopic = System.Text.Encoding.UTF8.GetBytes(will ?? ""),
            WillPayload = "gone"u8,
            HasUserName = user is not null,
            UserName = System.Text.Encoding.UTF8.GetBytes(user ?? ""),
            HasPassword = password is not null,
            Password = System.Text.Encoding.UTF8.GetBytes(password ?? ""),
        }.Write(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Publish(MqttProtocolVersion version, string topic, string payload, int qos = 0, ushort id = 0, bool isDuplicate = false, bool isRetained = false, PropertyWriter? properties = null)
    {
        var output = new ArrayBufferWriter<byte>();
        PublishPacket.Write(output, version, System.Text.Encoding.UTF8.GetBytes(topic), System.Text.Encoding.UTF8.GetBytes(payload), qos, isRetained, isDuplicate, id, properties is null ? default : properties.Encoded);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Subscribe(MqttProtocolVersion version, ushort id, string filter, SubscriptionOptions options, uint identifier = 0)
    {
        var filters = new ArrayBufferWriter<byte>();
        SubscribePacket.EncodeFilter(filters, version, System.Text.Encoding.UTF8.GetBytes(filter), options);
        var output = new ArrayBufferWriter<byte>();
        SubscribePacket.Write(output, version, id, identifier == 0 ? default : new PropertyWriter().VariableInteger(MqttPropertyId.SubscriptionIdentifier, identifier).Encoded, filters.WrittenSpan);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Ack(MqttPacketType type, MqttProtocolVersion version, ushort id)
    {
        var output = new ArrayBufferWriter<byte>();
        AckPacket.Write(output, type, version, id);
        return output.WrittenSpan.ToArray();
    }

    public Task SendAsync(params byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>The next whole packet.</summary>
    /// <exception cref="EndOfStreamException">The server has closed.</exception>
    public async Task<(MqttPacketType Type, byte[] Body)> ReadAsync()
    {
        (byte first, byte[] body) = await ReadWholeAsync();
        return ((MqttPacketType)(first >> 4), body);
    }

    public async Task<(byte First, byte[] Body)> ReadWholeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        byte[] start = new byte[5];
        int have = 0;
        while (true)
        {
            await _stream.ReadExactlyAsync(start.AsMemory(have, 1), limit.Token);
            if (PacketFrame.TryRead(start.AsSpan(0, ++have), int.MaxValue, true, out PacketFrame frame) != FrameStatus.Header)
                continue;
            byte[] body = new byte[frame.BodyLength];
            await _stream.ReadExactlyAsync(body, limit.Token);
            return (frame.First, body);
        }
    }

    /// <summary>Reads the acknowledgement expected next and answers its reason.</summary>
    public async Task<MqttReasonCode> ReadAckAsync(MqttPacketType type, ushort id, MqttProtocolVersion version = MqttProtocolVersion.V5)
    {
        (MqttPacketType got, byte[] body) = await ReadAsync();
        Assert.Equal(type, got);
        Assert.Equal(MqttReasonCode.Success, AckPacket.Read(type, body, version, out AckPacket packet));
        Assert.Equal(id, packet.PacketId);
        return packet.Reason;
    }

    /// <summary>The reason of the DISCONNECT the server sends before it closes; null when it just closes.</summary>
    public async Task<MqttReasonCode?> ReadEndAsync()
    {
        MqttReasonCode? reason = null;
        try
        {
            while (true)
            {
                (MqttPacketType type, byte[] body) = await ReadAsync();
                if (type == MqttPacketType.Disconnect && ReasonPacket.Read(type, body, MqttProtocolVersion.V5, out ReasonPacket packet) == MqttReasonCode.Success)
                    reason = packet.Reason;
            }
        }
        catch (Exception exception) when (exception is EndOfStreamException or IOException)
        {
            return reason;
        }
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
