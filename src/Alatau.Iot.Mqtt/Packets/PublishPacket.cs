using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>PUBLISH (section 3.3), a view of the packet's bytes.</summary>
internal readonly ref struct PublishPacket
{
    public byte QoS { get; init; }

    public bool IsRetained { get; init; }

    public bool IsDuplicate { get; init; }

    /// <summary>UTF-8; empty only in 5.0 together with a topic alias.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>1 to 65,535 at QoS 1 and 2, 0 at QoS 0.</summary>
    public ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Reads the body except the topic's rules, for a caller that knows the topic's bytes already; see <see cref="Read"/>.</summary>
    public static MqttReasonCode ReadTrustingTopic(byte flags, ReadOnlySpan<byte> body, MqttProtocolVersion version, out PublishPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> topic))
            return MqttReasonCode.MalformedPacket;
        int qos = (flags >> 1) & 3;
        ushort packetId = 0;
        if (qos > 0)
        {
            if (!reader.TryReadUInt16(out packetId))
                return MqttReasonCode.MalformedPacket;
            if (packetId == 0)
                return MqttReasonCode.ProtocolError;
        }

        MqttProperties properties = default;
        if (version == MqttProtocolVersion.V5)
        {
            MqttReasonCode reason = MqttProperties.Read(ref reader, PropertyRules.Publish, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
        }

        packet = new PublishPacket
        {
            QoS = (byte)qos,
            IsRetained = (flags & 0x01) != 0,
            IsDuplicate = (flags & 0x08) != 0,
            Topic = topic,
            PacketId = packetId,
            Properties = properties,
            Payload = reader.Rest,
        };
        return MqttReasonCode.Success;
    }

    public static MqttReasonCode Read(byte flags, ReadOnlySpan<byte> body, MqttProtocolVersion version, out PublishPacket packet)
    {
        MqttReasonCode reason = ReadTrustingTopic(flags, body, version, out packet);
        if (reason != MqttReasonCode.Success)
            return reason;
        return packet.Topic.IsEmpty && packet.Properties.Has(MqttPropertyId.TopicAlias) ? MqttReasonCode.Success : CheckTopic(packet.Topic);
    }

    /// <summary>Bad text is malformed (1.5.4-1), an empty name a protocol error (3.3.2.1), a wildcard an invalid topic name (3.3.2-2).</summary>
    public static MqttReasonCode CheckTopic(ReadOnlySpan<byte> topic)
    {
        if (TopicRules.IsName(topic))
            return MqttReasonCode.Success;
        if (!TopicRules.IsText(topic))
            return MqttReasonCode.MalformedPacket;
        return topic.IsEmpty ? MqttReasonCode.ProtocolError : MqttReasonCode.TopicNameInvalid;
    }

    /// <summary>Header and body of the packet that <see cref="Write"/> would produce, bytes.</summary>
    public static int Size(MqttProtocolVersion version, int topicLength, int qos, int propertiesLength, int payloadLength)
    {
        int body = 2 + topicLength + (qos > 0 ? 2 : 0) + PacketWriter.PropertiesLength(version, propertiesLength) + payloadLength;
        return 1 + PacketWriter.VariableLength(body) + body;
    }

    /// <summary>Writes a PUBLISH; <paramref name="properties"/> and <paramref name="moreProperties"/> are encoded and follow each other.</summary>
    public static void Write(
        IBufferWriter<byte> output, MqttProtocolVersion version, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos, bool isRetained,
        bool isDuplicate, ushort packetId, ReadOnlySpan<byte> properties = default, ReadOnlySpan<byte> moreProperties = default)
    {
        int propertiesLength = properties.Length + moreProperties.Length;
        int length = 2 + topic.Length + (qos > 0 ? 2 : 0) + PacketWriter.PropertiesLength(version, propertiesLength) + payload.Length;
        int flags = (qos << 1) | (isRetained ? 1 : 0) | (isDuplicate ? 8 : 0);
        PacketWriter writer = PacketWriter.Begin(output, MqttPacketType.Publish, flags, length);
        writer.Binary(topic);
        if (qos > 0)
            writer.UInt16(packetId);
        if (version == MqttProtocolVersion.V5)
        {
            writer.VariableInteger((uint)propertiesLength);
            writer.Raw(properties);
            writer.Raw(moreProperties);
        }

        writer.Raw(payload);
        writer.Commit(output);
    }
}
