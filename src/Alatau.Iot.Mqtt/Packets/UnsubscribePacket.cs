using System.Buffers;
using System.Buffers.Binary;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>UNSUBSCRIBE (section 3.10).</summary>
internal readonly ref struct UnsubscribePacket
{
    public ushort PacketId { get; init; }

    public MqttProperties Properties { get; init; }

    /// <summary>The encoded filters; walk with <see cref="GetEnumerator"/>.</summary>
    public ReadOnlySpan<byte> RawFilters { get; init; }

    public static MqttReasonCode Read(ReadOnlySpan<byte> body, MqttProtocolVersion version, out UnsubscribePacket packet)
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
            MqttReasonCode reason = MqttProperties.Read(ref reader, PropertyRules.Unsubscribe, out properties);
            if (reason != MqttReasonCode.Success)
                return reason;
        }

        ReadOnlySpan<byte> filters = reader.Rest;
        if (filters.IsEmpty)
            return MqttReasonCode.ProtocolError;
        while (!reader.IsEmpty)
        {
            if (!reader.TryReadText(out _))
                return MqttReasonCode.MalformedPacket;
        }

        packet = new UnsubscribePacket { PacketId = packetId, Properties = properties, RawFilters = filters };
        return MqttReasonCode.Success;
    }

    public static void Write(IBufferWriter<byte> output, MqttProtocolVersion version, ushort packetId, ReadOnlySpan<byte> properties, ReadOnlySpan<byte> rawFilters)
    {
        PacketWriter writer = PacketWriter.Begin(output, MqttPacketType.Unsubscribe, 2, 2 + PacketWriter.PropertiesLength(version, properties.Length) + rawFilters.Length);
        writer.UInt16(packetId);
        writer.Properties(version, properties);
        writer.Raw(rawFilters);
        writer.Commit(output);
    }

    public static void EncodeFilter(IBufferWriter<byte> filters, ReadOnlySpan<byte> filter)
    {
        Span<byte> span = filters.GetSpan(2 + filter.Length);
        BinaryPrimitives.WriteUInt16BigEndian(span, checked((ushort)filter.Length));
        filter.CopyTo(span[2..]);
        filters.Advance(2 + filter.Length);
    }

    public Enumerator GetEnumerator() => new(RawFilters);

    public ref struct Enumerator(ReadOnlySpan<byte> filters)
    {
        private PacketReader _reader = new(filters);
        private ReadOnlySpan<byte> _current = default;

        public readonly ReadOnlySpan<byte> Current => _current;

        public bool MoveNext() => !_reader.IsEmpty && _reader.TryReadBinary(out _current);
    }
}
