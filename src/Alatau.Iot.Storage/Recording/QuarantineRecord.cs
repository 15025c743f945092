using System.Buffers.Binary;
using System.Text;
using Alatau.Iot.Core.Checksums;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Recording;

/// <summary>One message on disk: length and CRC-32C of the body (both 4 bytes, little-endian), then the body with the message and the counts as they stood.</summary>
internal static class QuarantineRecord
{
    /// <summary>Bytes before the body.</summary>
    internal const int HeaderLength = 8;

    /// <summary>Longest body believed; anything longer is damage.</summary>
    internal const int MaximumBody = 32 * 1024 * 1024;

    /// <summary>Appends a record to <paramref name="output"/>.</summary>
    internal static void Write(MemoryStream output, QuarantinedMessage message, ReadOnlySpan<long> counts)
    {
        long start = output.Position;
        output.Write(stackalloc byte[HeaderLength]);
        using (var body = new BinaryWriter(output, Encoding.UTF8, leaveOpen: true))
        {
            body.Write(message.Number);
            body.Write(message.ReceivedAt.UnixMilliseconds);
            body.Write((byte)message.Reason);
            body.Write((byte)counts.Length);
            foreach (long count in counts)
            {
                body.Write(count);
            }

            body.Write(message.Route);
            body.Write(message.Client);
            body.Write(message.Topic);
            body.Write(message.Detail);
            body.Write(message.Payload.Length);
            body.Write(message.Payload.Span);
            body.Write(message.Position);
            body.Write(message.IsCut);
            body.Write(message.Messages);
        }

        var record = output.GetBuffer().AsSpan((int)start, (int)(output.Position - start));
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - HeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], Crc32C.Of(record[HeaderLength..]));
    }

    /// <summary>Reads the record that starts at the stream's position.</summary>
    /// <returns>Null at the end, and where the bytes are no whole record.</returns>
    internal static (QuarantinedMessage Message, long[] Counts)? Read(Stream input)
    {
        Span<byte> header = stackalloc byte[HeaderLength];
        if (input.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if (length is <= 0 or > MaximumBody || length > input.Length - input.Position)
        {
            return null;
        }

        byte[] body = new byte[length];
        input.ReadExactly(body);
        return Crc32C.Of(body) == BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) ? Parse(body) : null;
    }

    private static (QuarantinedMessage, long[]) Parse(byte[] bytes)
    {
        using var body = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        long number = body.ReadInt64();
        var receivedAt = new Instant(body.ReadInt64());
        var reason = (QuarantineReason)body.ReadByte();
        long[] counts = new long[body.ReadByte()];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = body.ReadInt64();
        }

        string route = body.ReadString();
        string client = body.ReadString();
        string topic = body.ReadString();
        string detail = body.ReadString();
        byte[] payload = body.ReadBytes(body.ReadInt32());

        // Records of before there was a journal end here.
        long position = body.BaseStream.Length - body.BaseStream.Position >= sizeof(long) ? body.ReadInt64() : 0;
        bool isCut = body.BaseStream.Length > body.BaseStream.Position && body.ReadBoolean();
        long messages = body.BaseStream.Length - body.BaseStream.Position >= sizeof(long) ? body.ReadInt64() : 1;
        return (new QuarantinedMessage(number, receivedAt, route, client, topic, payload, reason, detail) { Position = position, IsCut = isCut, Messages = messages }, counts);
    }
}
