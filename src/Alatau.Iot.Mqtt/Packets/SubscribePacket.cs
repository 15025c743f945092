using System.Buffers;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>SUBSCRIBE (section 3.8). The text of every filter is checked here; whether it is a filter is the server's answer in SUBACK.</summary>
internal readonly ref struct SubscribePacket
{
    public ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>The encoded filters and options; walk with <see cref="GetEnumerator"/>.</summary>
    public ReadOnlySpan<byte> RawFilters { get; init; }

    public MqttProtocolVersion Version { get; init; }

    public static MqttReasonCode Read(ReadOnlySpan<byte> body, MqttProtocolVersion version, out SubscribePacket packet)
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
            MqttReasonCode reason = MqttProperties.Read(ref reader, PropertyRules.Subscribe, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
        }

        ReadOnlySpan<byte> filters = reader.Rest;
        if (filters.IsEmpty)
            return MqttReasonCode.ProtocolError;
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadText(out ReadOnlySpan<byte> filter) || !reader.TryReadByte(out byte value) || !SubscriptionOptions.TryDecode(value, version, out SubscriptionOptions options))
                return MqttReasonCode.MalformedPacket;
            // 3.8.3-4: no local on a shared subscription is a protocol error.
            if (options.IsNoLocal && filter.StartsWith("$share/"u8))
                return MqttReasonCode.ProtocolError;
        }

        packet = new SubscribePacket { PacketId = packetId, Properties = properties, RawFilters = filters, Version = version };
        return MqttReasonCode.Success;
    }

    /// <summary>Writes a SUBSCRIBE of encoded filters (two bytes of length, the filter, the options byte; see <see cref="EncodeFilter"/>).</summary>
    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> rawFilters)
    {
        PacketWriter writer = PacketWriter.Begin(output, MqttPacketType.Subscribe, 2, 2 + PacketWriter.PropertiesLength(version, properties.Length) + rawFilters.Length);
        writer.UInt16(packetId);
        writer.Properties(version, properties);
        writer.Raw(rawFilters);
        writer.Commit(output);
    }

    public static void EncodeFilter(IBufferWriter<byte> filters, MqttProtocolVersion version, ReadOnlySpan<byte> filter, SubscriptionOptions options)
    {
        UnsubscribePacket.EncodeFilter(filters, filter);
        filters.GetSpan(1)[0] = options.Encode(version);
        filters.Advance(1);
    }

    public Enumerator GetEnumerator() => new(RawFilters, Version);

    /// <summary>One requested subscription.</summary>
    public readonly ref struct Request(ReadOnlySpan<byte> filter, SubscriptionOptions options)
    {
        public ReadOnlySpan<byte> Filter { get; } = filter;

        public SubscriptionOptions Options { get; } = options;
    }

    public ref struct Enumerator(ReadOnlySpan<byte> filters, MqttProtocolVersion version)
    {
        private PacketReader _reader = new(filters);
        private Request _current = default;

        public readonly Request Current => _current;

        public bool MoveNext()
        {
            if (_reader.IsEmpty || !_reader.TryReadBinary(out ReadOnlySpan<byte> filter) || !_reader.TryReadByte(out byte value))
                return false;
            SubscriptionOptions.TryDecode(value, version, out SubscriptionOptions options);
            _current = new Request(filter, options);
            return true;
        }
    }
}
