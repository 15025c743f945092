using System.Buffers.Binary;
using Alatau.Iot.Core.Checksums;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>What a block of a checkpoint holds.</summary>
internal enum BlockKind : byte
{
    Head = 1,
    States = 2,
    Trailer = 3,

    /// <summary>What others than the engine remember.</summary>
    Memory = 4,
}

/// <summary>The header of a block, as README.md of this folder describes it.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Length">Bytes behind the header.</param>
/// <param name="Number">Its place in the file, from 0.</param>
/// <param name="Items">States in it.</param>
internal readonly record struct BlockHeader(BlockKind Kind, int Length, int Number, int Items);

/// <summary>The bytes of a block's header, little endian.</summary>
internal static class CheckpointFormat
{
    public const int HeaderBytes = 24;
    public const byte Version = 1;

    /// <summary>Longest block believed.</summary>
    public const int LongestBlock = 128 << 20;

    private const uint Magic = 0x504B_4341;
    private const int ChecksumAt = 20;

    /// <param name="seed">The first block's is 0, any other's the checksum of the first, so that blocks of two files never mix.</param>
    /// <returns>The checksum.</returns>
    public static uint Write(Span<byte> target, in BlockHeader header, ReadOnlySpan<byte> payload, uint seed)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(target, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(target[4..], (uint)header.Kind | ((uint)Version << 8));
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], header.Length);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], header.Number);
        BinaryPrimitives.WriteInt32LittleEndian(target[16..], header.Items);
        uint checksum = Checksum(target[..ChecksumAt], payload, seed);
        BinaryPrimitives.WriteUInt32LittleEndian(target[ChecksumAt..], checksum);
        return checksum;
    }

    /// <summary>What the first bytes of a block claim.</summary>
    /// <returns><see cref="RestoreVerdict.Restored"/> when they are a header.</returns>
    public static RestoreVerdict Read(ReadOnlySpan<byte> source, out BlockHeader header)
    {
        uint kind = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        header = new BlockHeader(
            (BlockKind)(kind & 0xFF),
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[16..]));
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != Magic || header.Length is < 0 or > LongestBlock)
        {
            return RestoreVerdict.Damaged;
        }

        return kind >> 8 == Version ? RestoreVerdict.Restored : RestoreVerdict.OtherVersion;
    }

    public static bool IsWhole(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint seed) => ChecksumOf(header) == Checksum(header[..ChecksumAt], payload, seed);

    public static uint ChecksumOf(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadUInt32LittleEndian(header[ChecksumAt..]);

    /// <summary>CRC-32C over header and payload, begun with the seed.</summary>
    private static uint Checksum(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, uint seed) => ~Crc32C.Add(Crc32C.Add(~seed, header), payload);
}
