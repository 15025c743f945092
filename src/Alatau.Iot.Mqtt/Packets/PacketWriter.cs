using System.Buffers;
using System.Buffers.Binary;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>Writes one packet of known length into a span that was asked of an <see cref="IBufferWriter{T}"/> at once.</summary>
internal ref struct PacketWriter
{
    private readonly Span<byte> _span;
    private int _at;

    private PacketWriter(Span<byte> span) => _span = span;

    /// <summary>Asks for the whole packet and writes its fixed header.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The body is longer than 268,435,455 bytes.</exception>
    public static PacketWriter Begin(IBufferWriter<byte> output, MqttPacketType type, int flags, int bodyLength)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bodyLength, 268_435_455);
        var writer = new PacketWriter(output.GetSpan(5 + bodyLength));
        writer.Byte((byte)(((int)type << 4) | flags));
        writer.VariableInteger((uint)bodyLength);
        return writer;
    }

    public static int VariableLength(int value) => value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4;

    /// <summary>Bytes that properties take with their length; none in 3.1.1.</summary>
    public static int PropertiesLength(MqttProtocolVersion version, int encoded)
        => version == MqttProtocolVersion.V5 ? VariableLength(encoded) + encoded : 0;

    public readonly void Commit(IBufferWriter<byte> output) => output.Advance(_at);

    public void Byte(byte value) => _span[_at++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_span[_at..], value);
        _at += 2;
    }

    public void VariableInteger(uint value)
    {
        while (value >= 0x80)
        {
            _span[_at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _span[_at++] = (byte)value;
    }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_span[_at..]);
        _at += bytes.Length;
    }

    /// <summary>Two bytes of length, then the bytes.</summary>
    /// <exception cref="OverflowException">More than 65,535 bytes.</exception>
    public void Binary(scoped ReadOnlySpan<byte> bytes)
    {
        UInt16(checked((ushort)bytes.Length));
        Raw(bytes);
    }

    public void Properties(MqttProtocolVersion version, scoped ReadOnlySpan<byte> encoded)
    {
        if (version != MqttProtocolVersion.V5)
            return;
        VariableInteger((uint)encoded.Length);
        Raw(encoded);
    }
}
