using System.Buffers.Binary;

namespace Alatau.Iot.Mqtt.Packets;

/// <summary>A cursor over the contiguous bytes of one packet; every read says whether the bytes were there and well formed.</summary>
internal ref struct PacketReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public bool TryReadByte(out byte value)
    {
        if (_rest.IsEmpty)
        {
            value = 0;
            return false;
        }

        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        if (!BinaryPrimitives.TryReadUInt16BigEndian(_rest, out value))
            return false;
        _rest = _rest[2..];
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        if (!BinaryPrimitives.TryReadUInt32BigEndian(_rest, out value))
            return false;
        _rest = _rest[4..];
        return true;
    }

    /// <summary>Reads a variable byte integer in its shortest form (MQTT 5.0, 1.5.5).</summary>
    public bool TryReadVariableInteger(out uint value)
    {
        value = 0;
        for (int index = 0; index < 4; index++)
        {
            if (index >= _rest.Length)
                return false;
            byte part = _rest[index];
            value |= (uint)(part & 0x7F) << (7 * index);
            if ((part & 0x80) != 0)
                continue;
            if (part == 0 && index > 0)
                return false;
            _rest = _rest[(index + 1)..];
            return true;
        }

        return false;
    }

    /// <summary>Reads exactly <paramref name="length"/> bytes.</summary>
    public bool TryReadBytes(int length, out ReadOnlySpan<byte> value)
    {
        if (length < 0 || _rest.Length < length)
        {
            value = default;
            return false;
        }

        value = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Reads two bytes of length and as many bytes (MQTT 5.0, 1.5.6).</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> value)
    {
        value = default;
        return TryReadUInt16(out ushort length) && TryReadBytes(length, out value);
    }

    /// <summary>Reads a UTF-8 encoded string: well formed, no surrogates, no U+0000 (MQTT 5.0, 1.5.4).</summary>
    public bool TryReadText(out ReadOnlySpan<byte> value)
        => TryReadBinary(out value) && TopicRules.IsText(value);
}
