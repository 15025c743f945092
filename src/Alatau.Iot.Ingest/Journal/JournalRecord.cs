using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>One raw message as it came off the wire, or something else that must be replayed among the messages. Its spans are borrowed: valid during the append, or until the reader moves on.</summary>
public readonly ref struct JournalRecord
{
    /// <summary>Its number in the journal, from 1; set by the journal, ignored by an append.</summary>
    public long Position { get; init; }

    public Instant ReceivedAt { get; init; }

    /// <summary>The ledger's index of the route it came in on.</summary>
    public byte Route { get; init; }

    public JournalKind Kind { get; init; }

    public JournalFlags Flags { get; init; }

    /// <summary>Who sent it, UTF-8, at most 65,535 bytes.</summary>
    public ReadOnlySpan<byte> Client { get; init; }

    /// <summary>UTF-8, at most 65,535 bytes.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }
}
