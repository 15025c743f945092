using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>PUBACK, PUBREC, PUBREL and PUBCOMP (sections 3.4 to 3.7): one shape.</summary>
internal readonly ref struct AckPacket
{
    public ushort PacketId { get; init; }

    public MqttReasonCode Reason { get; init; }

    public MqttProperties Properties { get; init; }

    public static MqttReasonCode Read(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out AckPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out ushort packetId))
            return MqttReasonCode.MalformedPacket;
        if (packetId == 0)
            return MqttReasonCode.ProtocolError;
        byte code = 0;
        MqttProperties properties = default;
        if (version == MqttProtocolVersion.V5 && reader.TryReadByte(out code))
        {
            if (!IsCodeOf(type, (MqttReasonCode)code))
                return MqttReasonCode.ProtocolError;
            if (!reader.IsEmpty)
            {
                MqttReasonCode reason = MqttProperties.Read(ref reader, PropertyRules.Acknowledge, out properties);
                if (reason != MqttReasonCode.Success)
                    return reason;
            }
        }

        if (!reader.IsEmpty)
            return MqttReasonCode.MalformedPacket;
        packet = new AckPacket { PacketId = packetId, Reason = (MqttReasonCode)code, Properties = properties };
        return MqttReasonCode.Success;
    }

    /// <summary>Writes the shortest form: the reason only in 5.0 and only when it isn't success (3.4.2.1).</summary>
    public static void Write(
        IBufferWriter<byte> output, MqttPacketType type, MqttProtocolVersion version, ushort packetId,
        MqttReasonCode reason = MqttReasonCode.Success, ReadOnlySpan<byte> properties = default)
    {
        int flags = type == MqttPacketType.PublishRelease ? 2 : 0;
        bool isLong = version == MqttProtocolVersion.V5 && (reason != MqttReasonCode.Success || !properties.IsEmpty);
        int length = 2 + (isLong ? 1 : 0) + (properties.IsEmpty ? 0 : PacketWriter.PropertiesLength(version, properties.Length));
        PacketWriter writer = PacketWriter.Begin(output, type, flags, length);
        writer.UInt16(packetId);
        if (isLong)
        {
            writer.Byte((byte)reason);
            if (!properties.IsEmpty)
                writer.Properties(version, properties);
        }

        writer.Commit(output);
    }

    private static bool IsCodeOf(MqttPacketType type, MqttReasonCode code) => type switch
    {
        MqttPacketType.PublishRelease or MqttPacketType.PublishComplete => code is MqttReasonCode.Success or MqttReasonCode.PacketIdentifierNotFound,
        _ => code is MqttReasonCode.Success or MqttReasonCode.NoMatchingSubscribers or MqttReasonCode.UnspecifiedError
            or MqttReasonCode.ImplementationSpecificError or MqttReasonCode.NotAuthorized or MqttReasonCode.TopicNameInvalid
            or MqttReasonCode.PacketIdentifierInUse or MqttReasonCode.QuotaExceeded or MqttReasonCode.PayloadFormatInvalid,
    };
}
