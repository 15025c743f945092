using System.Buffers.Binary;
using System.Text;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Reads what <see cref="RecordBuffer"/> wrote. The checksum was right before, so that a length that doesn't fit is a fault of ours or of another version.</summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <exception cref="InvalidDataException">There aren't so many.</exception>
    internal ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw new InvalidDataException($"{count} bytes expected where {_rest.Length} are.");
        }

        var span = _rest[..count];
        _rest = _rest[count..];
        return span;
    }

    internal byte Byte() => Take(1)[0];

    internal int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    internal long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    internal ReadOnlySpan<byte> Utf8() => Take(Int32());

    internal string Text() => Encoding.UTF8.GetString(Utf8());
}
