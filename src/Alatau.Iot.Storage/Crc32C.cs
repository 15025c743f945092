using System.Buffers.Binary;
using System.Numerics;

namespace Alatau.Iot.Storage;

/// <summary>The checksum of what rests on disk: CRC-32C (Castagnoli), as in iSCSI, RFC 3720 clause 12.1.</summary>
internal static class Crc32C
{
    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
