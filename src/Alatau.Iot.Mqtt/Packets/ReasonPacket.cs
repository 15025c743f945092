using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>DISCONNECT and AUTH (sections 3.14 and 3.15): a reason and properties, both omitted when trivial; no body in 3.1.1.</summary>
internal readonly ref struct ReasonPacket
{
    public MqttReasonCode Reason { get; init; }

    public MqttProperties Properties { get; init; }

    public static MqttReasonCode Read(MqttPacketType type, ReadOnlySpan<byte> body, MqttProtocolVersion version, out ReasonPacket packet)
    {
        packet = default;
        if (version == MqttProtocolVersion.V311)
            return body.IsEmpty && type == MqttPacketType.Disconnect ? MqttReasonCode.Success : MqttReasonCode.MalformedPacket;
        var reader = new PacketReader(body);
        if (!reader.TryReadByte(out byte code))
            return MqttReasonCode.Success;
        var given = (MqttReasonCode)code;
        bool isKnown = type == MqttPacketType.Auth
            ? given is MqttReasonCode.Success or MqttReasonCode.ContinueAuthentication or MqttReasonCode.ReAuthenticate
            : given is MqttReasonCode.Success or MqttReasonCode.DisconnectWithWill or (>= MqttReasonCode.UnspecifiedError and <= MqttReasonCode.WildcardSubscriptionsNotSupported);
        if (!isKnown)
            return MqttReasonCode.ProtocolError;
        MqttProperties properties = default;
        if (!reader.IsEmpty)
        {
            MqttReasonCode reason = MqttProperties.Read(ref reader, type == MqttPacketType.Auth ? PropertyRules.Auth : PropertyRules.Disconnect, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
        }

        if (!reader.IsEmpty)
            return MqttReasonCode.MalformedPacket;
        packet = new ReasonPacket { Reason = given, Properties = properties };
        return MqttReasonCode.Success;
    }

    public static void Write(
        IBufferWriter<byte> output, MqttPacketType type, MqttProtocolVersion version, MqttReasonCode reason, ReadOnlySpan<byte> properties = default)
    {
        bool isShort = version == MqttProtocolVersion.V311 || (reason == MqttReasonCode.Success && properties.IsEmpty);
        int length = isShort ? 0 : 1 + (properties.IsEmpty ? 0 : PacketWriter.PropertiesLength(version, properties.Length));
        PacketWriter writer = PacketWriter.Begin(output, type, 0, length);
        if (!isShort)
        {
            writer.Byte((byte)reason);
            if (!properties.IsEmpty)
                writer.Properties(version, properties);
        }

        writer.Commit(output);
    }

    /// <summary>PINGREQ and PINGRESP: two bytes.</summary>
    public static void WritePing(IBufferWriter<byte> output, MqttPacketType type)
        => PacketWriter.Begin(output, type, 0, 0).Commit(output);
}
