using System.Buffers.Binary;
using System.Text;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Bytes of a record while it is made; grows and is used again. Little-endian.</summary>
internal sealed class RecordBuffer
{
    private byte[] _bytes = new byte[64 * 1024];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    /// <summary>The next <paramref name="count"/> bytes, to be filled at once.</summary>
    internal Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }

    /// <summary>Bytes written before, to be filled now that they are known.</summary>
    internal Span<byte> At(int offset, int count) => _bytes.AsSpan(0, Length).Slice(offset, count);

    internal void Write(byte value) => Take(1)[0] = value;

    internal void Write(int value) => BinaryPrimitives.WriteInt32LittleEndian(Take(4), value);

    internal void Write(long value) => BinaryPrimitives.WriteInt64LittleEndian(Take(8), value);

    /// <summary>Length in bytes (4 bytes), then UTF-8.</summary>
    internal void Write(string text)
    {
        int count = Encoding.UTF8.GetByteCount(text);
        Write(count);
        Encoding.UTF8.GetBytes(text, Take(count));
    }
}
