using System.Buffers.Binary;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Which quarantined message a record of the journal sent through again.</summary>
/// <param name="Number">Its number in the quarantine.</param>
/// <param name="IsInAccount">Whether the ledger holds it as received and quarantined; otherwise it is received anew.</param>
public readonly record struct AgainMark(long Number, bool IsInAccount)
{
    private const int Length = sizeof(long) + 1;

    internal JournalRecord ToRecord(in RoadMessage message)
    {
        var sender = message.Client[..Math.Min(message.Client.Length, ushort.MaxValue - Length)];
        byte[] client = new byte[Length + sender.Length];
        BinaryPrimitives.WriteInt64LittleEndian(client, Number);
        client[sizeof(long)] = IsInAccount ? (byte)1 : (byte)0;
        sender.CopyTo(client.AsSpan(Length));
        return new JournalRecord
        {
            Kind = JournalKind.QuarantineReplay,
            ReceivedAt = message.ReceivedAt,
            Route = message.Route,
            Client = client,
            Topic = message.Topic,
            Payload = message.Payload,
        };
    }

    /// <summary>Reads a record of that kind.</summary>
    /// <param name="message">The message as it was when it arrived.</param>
    /// <returns>False when the record is too short to be one.</returns>
    public static bool TryRead(in JournalRecord record, out AgainMark mark, out RoadMessage message)
    {
        bool isOne = record.Client.Length >= Length;
        mark = isOne ? new AgainMark(BinaryPrimitives.ReadInt64LittleEndian(record.Client), record.Client[sizeof(long)] != 0) : default;
        message = new RoadMessage
        {
            Topic = record.Topic,
            Payload = record.Payload,
            ReceivedAt = record.ReceivedAt,
            Route = record.Route,
            Client = isOne ? record.Client[Length..] : default,
        };
        return isOne;
    }
}
