using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>CONNACK (section 3.2). The reason is a 5.0 code; in 3.1.1 it travels as one of the six return codes.</summary>
internal readonly ref struct ConnectAckPacket
{
    public bool IsSessionPresent { get; init; }

    public MqttReasonCode Reason { get; init; }

    public MqttProperties Properties { get; init; }

    public static MqttReasonCode Read(ReadOnlySpan<byte> body, MqttProtocolVersion version, out ConnectAckPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadByte(out byte flags) || flags > 1 || !reader.TryReadByte(out byte code))
            return MqttReasonCode.MalformedPacket;
        MqttProperties properties = default;
        if (version == MqttProtocolVersion.V5)
        {
            MqttReasonCode reason = MqttProperties.Read(ref reader, PropertyRules.ConnectAck, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
        }

        if (!reader.IsEmpty || (flags == 1 && code != 0) || (version == MqttProtocolVersion.V311 && code > 5))
            return MqttReasonCode.MalformedPacket;
        packet = new ConnectAckPacket
        {
            IsSessionPresent = flags == 1,
            Reason = version == MqttProtocolVersion.V5 ? (MqttReasonCode)code : FromReturnCode(code),
            Properties = properties,
        };
        return MqttReasonCode.Success;
    }

    /// <summary>Writes the packet with already encoded properties.</summary>
    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, bool isSessionPresent, MqttReasonCode reason, ReadOnlySpan<byte> properties)
    {
        PacketWriter writer = PacketWriter.Begin(output, MqttPacketType.ConnectAck, 0, 2 + PacketWriter.PropertiesLength(version, properties.Length));
        writer.Byte(isSessionPresent ? (byte)1 : (byte)0);
        writer.Byte(version == MqttProtocolVersion.V5 ? (byte)reason : ToReturnCode(reason));
        writer.Properties(version, properties);
        writer.Commit(output);
    }

    /// <summary>The return code of 3.1.1 (table 3.1) nearest to a 5.0 reason.</summary>
    internal static byte ToReturnCode(MqttReasonCode reason) => reason switch
    {
        MqttReasonCode.Success => 0,
        MqttReasonCode.UnsupportedProtocolVersion => 1,
        MqttReasonCode.ClientIdentifierNotValid => 2,
        MqttReasonCode.BadUserNameOrPassword => 4,
        MqttReasonCode.NotAuthorized or MqttReasonCode.Banned => 5,
        _ => 3,
    };

    private static MqttReasonCode FromReturnCode(byte code) => code switch
    {
        0 => MqttReasonCode.Success,
        1 => MqttReasonCode.UnsupportedProtocolVersion,
        2 => MqttReasonCode.ClientIdentifierNotValid,
        3 => MqttReasonCode.ServerUnavailable,
        4 => MqttReasonCode.BadUserNameOrPassword,
        _ => MqttReasonCode.NotAuthorized,
    };
}
