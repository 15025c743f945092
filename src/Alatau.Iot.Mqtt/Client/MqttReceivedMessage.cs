using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>Takes one message, on the client's read loop; must not block. What it throws ends the connection.</summary>
public delegate void MqttMessageHandler(in MqttReceivedMessage message);

/// <summary>One message from the broker. A view: topic and payload are valid during the handler's call only.</summary>
public readonly ref struct MqttReceivedMessage
{
    private readonly MqttClient _client;
    private readonly ushort _packetId;

    internal MqttReceivedMessage(MqttClient client, scoped in PublishPacket packet, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, MqttProperties properties)
    {
        _client = client;
        _packetId = packet.PacketId;
        Topic = topic;
        Payload = payload;
        Properties = properties;
        QoS = packet.QoS;
        IsRetained = packet.IsRetained;
        IsDuplicate = packet.IsDuplicate;
    }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Topic { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Empty in 3.1.1.</summary>
    public MqttProperties Properties { get; }

    /// <summary>0 to 2.</summary>
    public byte QoS { get; }

    public bool IsRetained { get; }

    /// <summary>The broker sent it before and isn't sure that we had it.</summary>
    public bool IsDuplicate { get; }

    /// <summary>Takes over the acknowledgement: nothing is acknowledged until the token is completed, from any thread. Without this call the message is acknowledged when the handler returns.</summary>
    public MqttAcknowledgement TakeAcknowledgement() => _client.TakeAcknowledgement(_packetId, QoS);
}

/// <summary>The right to acknowledge one message. Of no effect at QoS 0, after the first use, and once the connection has ended (the broker sends the message again).</summary>
public readonly struct MqttAcknowledgement
{
    private readonly MqttClient? _client;
    private readonly ushort _packetId;
    private readonly byte _qos;

    internal MqttAcknowledgement(MqttClient client, ushort packetId, byte qos)
    {
        _client = client;
        _packetId = packetId;
        _qos = qos;
    }

    /// <summary>Sends PUBACK or PUBREC. False when it was used before or the connection has ended.</summary>
    public bool Complete(MqttReasonCode reason = MqttReasonCode.Success) => _qos == 0 || (_client?.Acknowledge(_packetId, _qos, reason) ?? false);
}
