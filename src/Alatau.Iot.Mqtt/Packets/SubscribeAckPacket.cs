using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>SUBACK and UNSUBACK (sections 3.9 and 3.11). UNSUBACK of 3.1.1 carries no codes.</summary>
internal readonly ref struct SubscribeAckPacket
{
    public ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>One code a filter, in the order asked.</summary>
    public ReadOnlySpan<byte> Codes { get; init; }

    public static MqttReasonCode Read(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubscribeAckPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadUInt16(out ushort packetId))
            return MqttReasonCode.MalformedPacket;
        if (packetId == 0)
            return MqttReasonCode.ProtocolError;
        MqttProperties properties = default;
        if (version == MqttProtocolVersion.V5)
        {
            MqttReasonCode reason = MqttProperties.Read(ref reader, PropertyRules.Acknowledge, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
        }

        ReadOnlySpan<byte> codes = reader.Rest;
        if (codes.IsEmpty != (type == MqttPacketType.UnsubscribeAck && version == MqttProtocolVersion.V311))
            return MqttReasonCode.ProtocolError;
        foreach (byte code in codes)
        {
            bool isGranted = code <= 2 || (type == MqttPacketType.UnsubscribeAck && code == (byte)MqttReasonCode.NoSubscriptionExisted);
            if (!isGranted && code < 0x80)
                return MqttReasonCode.ProtocolError;
        }

        packet = new SubscribeAckPacket { PacketId = packetId, Properties = properties, Codes = codes };
        return MqttReasonCode.Success;
    }

    public static void Write(
        IBufferWriter<byte> output, MqttPacketType type, MqttProtocolVersion version, ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> codes)
    {
        if (type == MqttPacketType.UnsubscribeAck && version == MqttProtocolVersion.V311)
            codes = default;
        PacketWriter writer = PacketWriter.Begin(output, type, 0, 2 + PacketWriter.PropertiesLength(version, properties.Length) + codes.Length);
        writer.UInt16(packetId);
        writer.Properties(version, properties);
        writer.Raw(codes);
        writer.Commit(output);
    }
}
