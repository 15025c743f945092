using System.Buffers.Binary;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>What the first 4096 bytes of a segment say; they are written once, twice over, with the segment's first records.</summary>
/// <param name="First">Position of the first record.</param>
/// <param name="Created">When the segment was begun.</param>
/// <param name="Seed">Start value of every record's checksum: bytes in a payload that look like a record don't pass for one.</param>
/// <param name="DataOffset">Where the first record begins, in bytes from the file's start.</param>
/// <param name="Previous">Position of the last record before this segment; 0 when there was none. What lies between it and <paramref name="First"/> was never given out.</param>
internal readonly record struct SegmentHeader(long First, Instant Created, uint Seed, int DataOffset, long Previous)
{
    /// <summary>Unit of every write: offset, length and memory are multiples of it, as direct writes demand.</summary>
    public const int Block = 4096;

    private const int CopyBytes = 64;
    private const int SecondCopyAt = 2048;
    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "ALATAUJR"u8;

    /// <summary>Fills the block.</summary>
    public void Write(Span<byte> block)
    {
        block[..Block].Clear();
        Magic.CopyTo(block);
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], First);
        BinaryPrimitives.WriteInt64LittleEndian(block[24..], Created.UnixMilliseconds);
        BinaryPrimitives.WriteUInt32LittleEndian(block[32..], Seed);
        BinaryPrimitives.WriteInt32LittleEndian(block[36..], DataOffset);
        BinaryPrimitives.WriteInt64LittleEndian(block[40..], Previous);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], RecordFormat.Checksum(block[8..CopyBytes], Version));
        block[..CopyBytes].CopyTo(block[SecondCopyAt..]);
    }

    /// <summary>Reads the first copy that is whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> block, out SegmentHeader header) =>
        TryReadCopy(block, out header) || (block.Length >= SecondCopyAt && TryReadCopy(block[SecondCopyAt..], out header));

    private static bool TryReadCopy(ReadOnlySpan<byte> bytes, out SegmentHeader header)
    {
        header = default;
        if (bytes.Length < CopyBytes || !bytes.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) != Version)
        {
            return false;
        }

        header = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            new Instant(BinaryPrimitives.ReadInt64LittleEndian(bytes[24..])),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(bytes[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]));
        Span<byte> copy = stackalloc byte[CopyBytes - 8];
        bytes[8..CopyBytes].CopyTo(copy);
        copy[4..8].Clear();
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) == RecordFormat.Checksum(copy, Version)
            && header.First > 0 && header.DataOffset is >= Block and < 2 * Block;
    }
}
