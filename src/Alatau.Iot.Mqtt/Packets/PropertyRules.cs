namespace Alatau.Iot.Mqtt.Packets;

/// <summary>Which property may stand in which packet, of which shape, in which range (MQTT 5.0, table 2-4 and the packets' sections).</summary>
internal static class PropertyRules
{
    public static readonly ulong Connect = Bits(0x11, 0x21, 0x27, 0x22, 0x19, 0x17, 0x26, 0x15, 0x16);
    public static readonly ulong ConnectAck = Bits(0x11, 0x21, 0x24, 0x25, 0x27, 0x12, 0x22, 0x1F, 0x26, 0x28, 0x29, 0x2A, 0x13, 0x1A, 0x1C, 0x15, 0x16);
    public static readonly ulong Publish = Bits(0x01, 0x02, 0x23, 0x08, 0x09, 0x26, 0x0B, 0x03);
    public static readonly ulong Will = Bits(0x18, 0x01, 0x02, 0x03, 0x08, 0x09, 0x26);
    public static readonly ulong Acknowledge = Bits(0x1F, 0x26);
    public static readonly ulong Subscribe = Bits(0x0B, 0x26);
    public static readonly ulong Unsubscribe = Bits(0x26);
    public static readonly ulong Disconnect = Bits(0x11, 0x1F, 0x26, 0x1C);
    public static readonly ulong Auth = Bits(0x15, 0x16, 0x1F, 0x26);

    public static ulong Bit(MqttPropertyId id) => 1UL << (int)id;

    /// <summary>Reads one property and checks its value's range.</summary>
    public static MqttReasonCode ReadOne(scoped ref PacketReader reader, out MqttProperty property)
    {
        property = default;
        if (!reader.TryReadVariableInteger(out uint number))
            return MqttReasonCode.MalformedPacket;
        var id = (MqttPropertyId)number;
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        uint content = 0;
        switch (id)
        {
            case MqttPropertyId.PayloadFormatIndicator or MqttPropertyId.RequestProblemInformation or MqttPropertyId.RequestResponseInformation
                or MqttPropertyId.MaximumQoS or MqttPropertyId.RetainAvailable or MqttPropertyId.WildcardSubscriptionAvailable
                or MqttPropertyId.SubscriptionIdentifiersAvailable or MqttPropertyId.SharedSubscriptionAvailable:
                if (!reader.TryReadByte(out byte flag))
                    return MqttReasonCode.MalformedPacket;
                if (flag > 1)
                    return MqttReasonCode.ProtocolError;
                content = flag;
                break;
            case MqttPropertyId.ServerKeepAlive or MqttPropertyId.ReceiveMaximum or MqttPropertyId.TopicAliasMaximum or MqttPropertyId.TopicAlias:
                if (!reader.TryReadUInt16(out ushort small))
                    return MqttReasonCode.MalformedPacket;
                if (small == 0 && id == MqttPropertyId.ReceiveMaximum)
                    return MqttReasonCode.ProtocolError;
                if (small == 0 && id == MqttPropertyId.TopicAlias)
                    return MqttReasonCode.TopicAliasInvalid;
                content = small;
                break;
            case MqttPropertyId.MessageExpiryInterval or MqttPropertyId.SessionExpiryInterval or MqttPropertyId.WillDelayInterval or MqttPropertyId.MaximumPacketSize:
                if (!reader.TryReadUInt32(out content))
                    return MqttReasonCode.MalformedPacket;
                if (content == 0 && id == MqttPropertyId.MaximumPacketSize)
                    return MqttReasonCode.ProtocolError;
                break;
            case MqttPropertyId.SubscriptionIdentifier:
                if (!reader.TryReadVariableInteger(out content))
                    return MqttReasonCode.MalformedPacket;
                if (content == 0)
                    return MqttReasonCode.ProtocolError;
                break;
            case MqttPropertyId.ContentType or MqttPropertyId.ResponseTopic or MqttPropertyId.AssignedClientIdentifier or MqttPropertyId.AuthenticationMethod
                or MqttPropertyId.ResponseInformation or MqttPropertyId.ServerReference or MqttPropertyId.ReasonString:
                if (!reader.TryReadText(out value))
                    return MqttReasonCode.MalformedPacket;
                if (id == MqttPropertyId.ResponseTopic && !TopicRules.IsName(value))
                    return MqttReasonCode.ProtocolError;
                break;
            case MqttPropertyId.CorrelationData or MqttPropertyId.AuthenticationData:
                if (!reader.TryReadBinary(out value))
                    return MqttReasonCode.MalformedPacket;
                break;
            case MqttPropertyId.UserProperty:
                if (!reader.TryReadText(out name) || !reader.TryReadText(out value))
                    return MqttReasonCode.MalformedPacket;
                break;
            default:
                return MqttReasonCode.MalformedPacket;
        }

        property = new MqttProperty { Id = id, Number = content, Name = name, Value = value };
        return MqttReasonCode.Success;
    }

    private static ulong Bits(params ReadOnlySpan<int> ids)
    {
        ulong bits = 0;
        foreach (int id in ids)
            bits |= 1UL << id;
        return bits;
    }
}
