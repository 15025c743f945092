using System.Buffers.Binary;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>Reads fields of a protobuf message in place, without exceptions and without allocation.</summary>
/// <remarks>Protocol Buffers, encoding: wire types 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes; groups (3, 4) are refused.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;
    private int _at;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Wire type of that field.</summary>
    public int Wire { get; private set; }

    /// <summary>Its number, when the wire type is 0, 1 or 5.</summary>
    public ulong Number { get; private set; }

    /// <summary>Where its bytes begin, when the wire type is 2.</summary>
    public int Start { get; private set; }

    /// <summary>Its bytes, when the wire type is 2.</summary>
    public readonly ReadOnlySpan<byte> Bytes => Wire == 2 ? _message.Slice(Start, (int)Number) : default;

    /// <summary>Whether the message breaks off or holds a wire type that is none.</summary>
    public bool Failed { get; private set; }

    /// <summary>Reads the next field. False at the end, or when <see cref="Failed"/>.</summary>
    public bool Next()
    {
        if (_at == _message.Length)
        {
            return false;
        }

        if (!TryVarint(out ulong key) || key > uint.MaxValue || key >> 3 == 0)
        {
            return Fail();
        }

        Field = (int)(key >> 3);
        Wire = (int)(key & 7);
        var rest = _message[_at..];
        switch (Wire)
        {
            case 0:
                return TryVarint(out ulong varint) ? Set(varint) : Fail();
            case 1 when rest.Length >= 8:
                _at += 8;
                return Set(BinaryPrimitives.ReadUInt64LittleEndian(rest));
            case 2 when TryVarint(out ulong length) && length <= (ulong)(_message.Length - _at):
                Start = _at;
                _at += (int)length;
                return Set(length);
            case 5 when rest.Length >= 4:
                _at += 4;
                return Set(BinaryPrimitives.ReadUInt32LittleEndian(rest));
            default:
                return Fail();
        }
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 70 && _at < _message.Length; shift += 7)
        {
            byte b = _message[_at++];
            value |= shift < 64 ? (ulong)(b & 0x7F) << shift : 0;
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private bool Set(ulong number)
    {
        Number = number;
        return true;
    }

    private bool Fail()
    {
        Failed = true;
        return false;
    }
}
