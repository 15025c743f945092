using System.Buffers.Binary;
using System.Text;
using Alatau.Iot.Core.Checksums;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Writes the fields of a state one after another, little endian, into room that was made large enough before.</summary>
internal ref struct StateWriter(Span<byte> target)
{
    private readonly Span<byte> _target = target;

    public int Length { get; private set; }

    public void Byte(byte value) => _target[Length++] = value;

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_target[Length..], value);
        Length += sizeof(ushort);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_target[Length..], value);
        Length += sizeof(int);
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_target[Length..], value);
        Length += sizeof(ulong);
    }

    public void Int64(long value) => UInt64((ulong)value);

    public void Double(double value) => UInt64(BitConverter.DoubleToUInt64Bits(value));

    public void Instant(Instant value) => UInt64((ulong)value.UnixMilliseconds);

    /// <summary>UTF-8 behind its length in bytes as an Int32.</summary>
    public void Text(string value)
    {
        int bytes = Encoding.UTF8.GetBytes(value, _target[(Length + sizeof(int))..]);
        Int32(bytes);
        Length += bytes;
    }

    /// <summary>Most bytes a text can take.</summary>
    public static int BoundOf(string value) => sizeof(int) + Encoding.UTF8.GetMaxByteCount(value.Length);
}

/// <summary>Reads what <see cref="StateWriter"/> wrote. Never throws: where bytes are missing or wrong it has failed, and gives zeros from there on.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    public bool HasFailed { get; private set; }

    /// <summary>Nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>All was read, and nothing is left.</summary>
    public readonly bool IsWhole => !HasFailed && _rest.IsEmpty;

    public void Fail()
    {
        HasFailed = true;
        _rest = default;
    }

    public byte Byte() => Take(sizeof(byte)) is { IsEmpty: false } bytes ? bytes[0] : (byte)0;

    /// <summary>A byte of a closed set.</summary>
    public byte Byte(byte maximum)
    {
        byte value = Byte();
        if (value > maximum)
        {
            Fail();
            return 0;
        }

        return value;
    }

    public ushort UInt16() => Take(sizeof(ushort)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;

    public int Int32() => Take(sizeof(int)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public ulong UInt64() => Take(sizeof(ulong)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;

    public long Int64() => (long)UInt64();

    public double Double() => BitConverter.UInt64BitsToDouble(UInt64());

    public Instant Instant() => new(Int64());

    public string Text() => Encoding.UTF8.GetString(TextBytes());

    /// <summary>A text as UTF-8.</summary>
    public ReadOnlySpan<byte> TextBytes() => Take(Int32());

    private ReadOnlySpan<byte> Take(int bytes)
    {
        if ((uint)bytes > (uint)_rest.Length)
        {
            Fail();
            return default;
        }

        var taken = _rest[..bytes];
        _rest = _rest[bytes..];
        return taken;
    }
}

/// <summary>The frame of a record: length of the body and its CRC-32C (RFC 3720, 12.1; begun with the length), both UInt32, then the body.</summary>
internal static class StateFrame
{
    public const int HeaderBytes = 8;

    /// <summary>Longest body believed.</summary>
    public const int LongestBody = 64 << 20;

    /// <summary>Closes a frame whose body of <paramref name="length"/> bytes stands behind the header.</summary>
    public static void Close(Span<byte> frame, int length)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[sizeof(int)..], Checksum((uint)length, frame.Slice(HeaderBytes, length)));
    }

    /// <summary>Takes the next frame's body off <paramref name="source"/>, which stays as it is on any other verdict than <see cref="StateVerdict.Restored"/>.</summary>
    public static StateVerdict Open(ref ReadOnlySpan<byte> source, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (source.Length < HeaderBytes)
        {
            return StateVerdict.Truncated;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(source);
        if (length is < 0 or > LongestBody)
        {
            return StateVerdict.Damaged;
        }

        if (length > source.Length - HeaderBytes)
        {
            return StateVerdict.Truncated;
        }

        body = source.Slice(HeaderBytes, length);
        if (Checksum((uint)length, body) != BinaryPrimitives.ReadUInt32LittleEndian(source[sizeof(int)..]))
        {
            return StateVerdict.Damaged;
        }

        source = source[(HeaderBytes + length)..];
        return StateVerdict.Restored;
    }

    private static uint Checksum(uint seed, ReadOnlySpan<byte> bytes) => ~Crc32C.Add(~seed, bytes);
}
