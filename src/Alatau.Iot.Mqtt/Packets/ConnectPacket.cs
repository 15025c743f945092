using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>CONNECT (MQTT 5.0 and 3.1.1, section 3.1), a view of the packet's bytes.</summary>
internal readonly ref struct ConnectPacket
{
    public MqttProtocolVersion Version { get; init; }

    /// <summary>Clean start (5.0), clean session (3.1.1).</summary>
    public bool IsCleanStart { get; init; }

    /// <summary>Seconds; 0 switches keep-alive off.</summary>
    public ushort KeepAliveSeconds { get; init; }

    public ReadOnlySpan<byte> ClientId { get; init; }

    public bool HasWill { get; init; }

    public byte WillQoS { get; init; }

    public bool IsWillRetained { get; init; }

    public ReadOnlySpan<byte> WillTopic { get; init; }

    public ReadOnlySpan<byte> WillPayload { get; init; }

    public MqttProperties WillProperties { get; init; }

    public bool HasUserName { get; init; }

    public ReadOnlySpan<byte> UserName { get; init; }

    public bool HasPassword { get; init; }

    public ReadOnlySpan<byte> Password { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>Reads the body. <see cref="MqttReasonCode.UnsupportedProtocolVersion"/> still fills <see cref="Version"/> with the level asked for.</summary>
    public static MqttReasonCode Read(ReadOnlySpan<byte> body, out ConnectPacket packet)
    {
        packet = default;
        var reader = new PacketReader(body);
        if (!reader.TryReadBinary(out ReadOnlySpan<byte> protocol) || !reader.TryReadByte(out byte level))
            return MqttReasonCode.MalformedPacket;
        packet = new ConnectPacket { Version = (MqttProtocolVersion)level };
        if (protocol.SequenceEqual("MQIsdp"u8))
            return MqttReasonCode.UnsupportedProtocolVersion;
        if (!protocol.SequenceEqual("MQTT"u8))
            return MqttReasonCode.MalformedPacket;
        var version = (MqttProtocolVersion)level;
        if (version is not (MqttProtocolVersion.V311 or MqttProtocolVersion.V5))
            return MqttReasonCode.UnsupportedProtocolVersion;
        if (!reader.TryReadByte(out byte flags) || !reader.TryReadUInt16(out ushort keepAlive))
            return MqttReasonCode.MalformedPacket;
        bool hasWill = (flags & 0x04) != 0;
        int willQoS = (flags >> 3) & 3;
        bool isWillRetained = (flags & 0x20) != 0;
        bool hasPassword = (flags & 0x40) != 0;
        bool hasUserName = (flags & 0x80) != 0;
        // 3.1.2-3 reserved bit; 3.1.2-11..14 will flags; 3.1.1 clause 3.1.2-22: no password without user name.
        if ((flags & 0x01) != 0 || willQoS == 3 || (!hasWill && (willQoS != 0 || isWillRetained))
            || (version == MqttProtocolVersion.V311 && hasPassword && !hasUserName))
            return MqttReasonCode.MalformedPacket;

        MqttReasonCode reason;
        MqttProperties properties = default;
        MqttProperties willProperties = default;
        if (version == MqttProtocolVersion.V5)
        {
            reason = MqttProperties.Read(ref reader, PropertyRules.Connect, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
            if (properties.Has(MqttPropertyId.AuthenticationData) && !properties.Has(MqttPropertyId.AuthenticationMethod))
                return MqttReasonCode.ProtocolError;
        }

        if (!reader.TryReadText(out ReadOnlySpan<byte> clientId))
            return MqttReasonCode.MalformedPacket;
        ReadOnlySpan<byte> willTopic = default;
        ReadOnlySpan<byte> willPayload = default;
        if (hasWill)
        {
            if (version == MqttProtocolVersion.V5)
            {
                reason = MqttProperties.Read(ref reader, PropertyRules.Will, out willProperties);
                if (reason != MqttReasonCode.Success)
                    return reason;
            }

            if (!reader.TryReadText(out willTopic) || !reader.TryReadBinary(out willPayload))
                return MqttReasonCode.MalformedPacket;
            if (!TopicRules.IsName(willTopic))
                return MqttReasonCode.TopicNameInvalid;
        }

        ReadOnlySpan<byte> userName = default;
        ReadOnlySpan<byte> password = default;
        if ((hasUserName && !reader.TryReadText(out userName)) || (hasPassword && !reader.TryReadBinary(out password)) || !reader.IsEmpty)
            return MqttReasonCode.MalformedPacket;
        packet = new ConnectPacket
        {
            Version = version,
            IsCleanStart = (flags & 0x02) != 0,
            KeepAliveSeconds = keepAlive,
            ClientId = clientId,
            HasWill = hasWill,
            WillQoS = (byte)willQoS,
            IsWillRetained = isWillRetained,
            WillTopic = willTopic,
            WillPayload = willPayload,
            WillProperties = willProperties,
            HasUserName = hasUserName,
            UserName = userName,
            HasPassword = hasPassword,
            Password = password,
            Properties = properties,
        };
        return MqttReasonCode.Success;
    }

    public void Write(IBufferWriter<byte> output)
    {
        int length = 10 + PacketWriter.PropertiesLength(Version, Properties.Raw.Length) + 2 + ClientId.Length;
        if (HasWill)
            length += PacketWriter.PropertiesLength(Version, WillProperties.Raw.Length) + 4 + WillTopic.Length + WillPayload.Length;
        if (HasUserName)
            length += 2 + UserName.Length;
        if (HasPassword)
            length += 2 + Password.Length;
        PacketWriter writer = PacketWriter.Begin(output, MqttPacketType.Connect, 0, length);
        writer.Binary("MQTT"u8);
        writer.Byte((byte)Version);
        int flags = (IsCleanStart ? 0x02 : 0) | (HasUserName ? 0x80 : 0) | (HasPassword ? 0x40 : 0);
        if (HasWill)
            flags |= 0x04 | (WillQoS << 3) | (IsWillRetained ? 0x20 : 0);
        writer.Byte((byte)flags);
        writer.UInt16(KeepAliveSeconds);
        writer.Properties(Version, Properties.Raw);
        writer.Binary(ClientId);
        if (HasWill)
        {
            writer.Properties(Version, WillProperties.Raw);
            writer.Binary(WillTopic);
            writer.Binary(WillPayload);
        }

        if (HasUserName)
            writer.Binary(UserName);
        if (HasPassword)
            writer.Binary(Password);
        writer.Commit(output);
    }
}
