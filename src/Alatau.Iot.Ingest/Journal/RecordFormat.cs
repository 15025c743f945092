using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Alatau.Iot.Core.Checksums;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>The bytes of a record, as README.md of this folder describes them. Little endian; a record begins and ends on a multiple of 8.</summary>
internal static class RecordFormat
{
    public const int HeaderBytes = 32;

    public const byte Magic = 0xA7;

    public const byte Version = 1;

    private const int LongestPayload = 64 << 20;
    private const int LengthAt = 4;
    private const int MagicAt = 8;
    private const int FlagsAt = 10;
    private const int KindShift = 20;
    private const int RouteAt = 11;
    private const int ClientLengthAt = 12;
    private const int TopicLengthAt = 14;
    private const int PositionAt = 16;
    private const int ReceivedAtAt = 24;

    /// <summary>Bytes the record takes on disk, padding included.</summary>
    public static long SizeOf(in JournalRecord record) =>
        (HeaderBytes + (long)record.Client.Length + record.Topic.Length + record.Payload.Length + 7) & ~7L;

    /// <summary>Writes the record with its checksum.</summary>
    /// <param name="target">Exactly <see cref="SizeOf"/> bytes, on a multiple of 8.</param>
    /// <param name="seed">The journal's, mixed into the checksum.</param>
    public static void Write(Span<byte> target, in JournalRecord record, long position, uint seed)
    {
        ref byte start = ref MemoryMarshal.GetReference(target);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, target.Length - 8), 0L);
        Store(ref start, LengthAt, (uint)record.Payload.Length);
        Store(ref start, MagicAt, (uint)(Magic | (Version << 8) | ((byte)record.Flags << 16) | ((byte)record.Kind << KindShift) | (record.Route << 24)));
        Store(ref start, ClientLengthAt, (uint)(record.Client.Length | (record.Topic.Length << 16)));
        Store(ref start, PositionAt, (ulong)position);
        Store(ref start, ReceivedAtAt, (ulong)record.ReceivedAt.UnixMilliseconds);
        var rest = target[HeaderBytes..];
        record.Client.CopyTo(rest);
        rest = rest[record.Client.Length..];
        record.Topic.CopyTo(rest);
        record.Payload.CopyTo(rest[record.Topic.Length..]);
        BinaryPrimitives.WriteUInt32LittleEndian(target, Checksum(target, seed));
    }

    /// <summary>What a record's first 32 bytes claim: its size, or 0 when they are no record's.</summary>
    public static int ClaimedSize(ReadOnlySpan<byte> header, out long position)
    {
        position = BinaryPrimitives.ReadInt64LittleEndian(header[PositionAt..]);
        uint payload = BinaryPrimitives.ReadUInt32LittleEndian(header[LengthAt..]);
        if (header[MagicAt] != Magic || header[MagicAt + 1] != Version || payload > LongestPayload || position <= 0)
        {
            return 0;
        }

        int client = BinaryPrimitives.ReadUInt16LittleEndian(header[ClientLengthAt..]);
        int topic = BinaryPrimitives.ReadUInt16LittleEndian(header[TopicLengthAt..]);
        return (HeaderBytes + client + topic + (int)payload + 7) & ~7;
    }

    public static bool IsWhole(ReadOnlySpan<byte> bytes, uint seed) => BinaryPrimitives.ReadUInt32LittleEndian(bytes) == Checksum(bytes, seed);

    /// <summary>Reads a record whose checksum was found right.</summary>
    public static JournalRecord Read(ReadOnlySpan<byte> bytes)
    {
        int payload = BinaryPrimitives.ReadInt32LittleEndian(bytes[LengthAt..]);
        int client = BinaryPrimitives.ReadUInt16LittleEndian(bytes[ClientLengthAt..]);
        int topic = BinaryPrimitives.ReadUInt16LittleEndian(bytes[TopicLengthAt..]);
        return new JournalRecord
        {
            Position = BinaryPrimitives.ReadInt64LittleEndian(bytes[PositionAt..]),
            ReceivedAt = new Instant(BinaryPrimitives.ReadInt64LittleEndian(bytes[ReceivedAtAt..])),
            Kind = (JournalKind)(bytes[FlagsAt] >> 4),
            Flags = (JournalFlags)(bytes[FlagsAt] & 0xF),
            Route = bytes[RouteAt],
            Client = bytes.Slice(HeaderBytes, client),
            Topic = bytes.Slice(HeaderBytes + client, topic),
            Payload = bytes.Slice(HeaderBytes + client + topic, payload),
        };
    }

    /// <summary>CRC-32C without the final inversion, over everything behind the checksum itself, begun with the seed.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes, uint seed) => Crc32C.Add(Crc32C.Add(seed, bytes[LengthAt..MagicAt]), bytes[MagicAt..]);

    private static void Store(ref byte start, int at, uint value) =>
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, at), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    private static void Store(ref byte start, int at, ulong value) =>
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, at), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));
}
