using System.Buffers.Binary;
using System.Numerics;

namespace Alatau.Iot.Core.Checksums;

/// <summary>The checksum of what rests on disk: CRC-32C (Castagnoli; RFC 3720, 12.1), by the processor's own instruction where it has one.</summary>
public static class Crc32C
{
    /// <summary>The checksum as the standard has it: begun with ones, inverted at the end.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => ~Add(uint.MaxValue, bytes);

    /// <summary>Goes on with the bare register, without inversion: adding two pieces one after the other is adding both together.</summary>
    /// <param name="register">What came of the bytes before, or what to begin with.</param>
    public static uint Add(uint register, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            register = BitOperations.Crc32C(register, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        if (bytes.Length >= sizeof(uint))
        {
            register = BitOperations.Crc32C(register, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
            bytes = bytes[sizeof(uint)..];
        }

        foreach (byte b in bytes)
        {
            register = BitOperations.Crc32C(register, b);
        }

        return register;
    }
}
