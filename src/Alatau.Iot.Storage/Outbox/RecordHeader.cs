using System.Buffers.Binary;
using System.Text;
using Alatau.Iot.Core.Checksums;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>What stands before the rows of a record and is read without them.</summary>
/// <remarks>
/// Bytes, little-endian: mark 4, header length 2, kind 1, routes 1, body length 4, CRC-32C of the body 4, rows 4, number 8, time of spilling 8 (Unix milliseconds); for each route the name's length 1,
/// the name, messages 8; CRC-32C of the header 4.
/// </remarks>
internal sealed record RecordHeader(long Number, RecordKind Kind, int Rows, Instant SpilledAt, int Length, int BodyLength, uint BodyChecksum, IReadOnlyList<(string Route, long Messages)> Messages)
{
    /// <summary>"OBR1".</summary>
    internal const uint Mark = 0x3152424F;

    /// <summary>Bytes before the routes.</summary>
    internal const int FixedLength = 36;

    /// <summary>Longest header there can be: sixteen routes with names of 255 bytes.</summary>
    internal const int MaximumLength = FixedLength + (Core.Ledgers.Ledger.MaximumRoutes * (1 + 255 + 8)) + 4;

    /// <summary>Longest body believed; anything longer is damage.</summary>
    internal const int MaximumBody = 1 << 30;

    /// <summary>Bytes of header and body.</summary>
    internal long TotalLength => (long)Length + BodyLength;

    /// <summary>Begins a record: everything but what <see cref="Finish"/> knows.</summary>
    internal static void Begin(RecordBuffer buffer, long number, RecordKind kind, int rows, Instant spilledAt, ReadOnlySpan<long> messagesByRoute, IReadOnlyList<string> routes)
    {
        buffer.Clear();
        var head = buffer.Take(FixedLength);
        head.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(head, Mark);
        head[6] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], rows);
        BinaryPrimitives.WriteInt64LittleEndian(head[20..], number);
        BinaryPrimitives.WriteInt64LittleEndian(head[28..], spilledAt.UnixMilliseconds);
        byte count = 0;
        for (int route = 0; route < messagesByRoute.Length; route++)
        {
            if (messagesByRoute[route] == 0)
            {
                continue;
            }

            int length = Encoding.UTF8.GetByteCount(routes[route]);
            buffer.Write(checked((byte)length));
            Encoding.UTF8.GetBytes(routes[route], buffer.Take(length));
            buffer.Write(messagesByRoute[route]);
            count++;
        }

        buffer.At(7, 1)[0] = count;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer.At(4, 2), (ushort)(buffer.Length + 4));
        buffer.Take(4).Clear();
    }

    /// <summary>Fills in the body's length and both checksums.</summary>
    internal static void Finish(RecordBuffer buffer)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(buffer.Written[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(buffer.At(8, 4), buffer.Length - length);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.At(12, 4), Crc32C.Of(buffer.Written[length..]));
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.At(length - 4, 4), Crc32C.Of(buffer.Written[..(length - 4)]));
    }

    /// <summary>Reads the header at the start of <paramref name="bytes"/>.</summary>
    /// <returns>Null where no whole header starts.</returns>
    internal static RecordHeader? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FixedLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        int body = BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]);
        if (length < FixedLength + 4 || length > bytes.Length || body is < 0 or > MaximumBody
            || Crc32C.Of(bytes[..(length - 4)]) != BinaryPrimitives.ReadUInt32LittleEndian(bytes[(length - 4)..]))
        {
            return null;
        }

        var messages = new (string, long)[bytes[7]];
        var rest = new RecordReader(bytes[FixedLength..(length - 4)]);
        for (int i = 0; i < messages.Length; i++)
        {
            messages[i] = (Encoding.UTF8.GetString(rest.Take(rest.Byte())), rest.Int64());
        }

        return new RecordHeader(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[20..]),
            (RecordKind)bytes[6],
            BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
            new Instant(BinaryPrimitives.ReadInt64LittleEndian(bytes[28..])),
            length,
            body,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            messages);
    }
}
