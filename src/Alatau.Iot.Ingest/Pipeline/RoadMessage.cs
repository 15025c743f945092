using System.Text;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>A message as every source hands it to the road. Borrowed: valid during the call only.</summary>
public readonly ref struct RoadMessage
{
    /// <summary>UTF-8; for HTTP the topic that a device would have used.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    public Instant ReceivedAt { get; init; }

    /// <summary>Whether a broker kept it, so that its age is unknown.</summary>
    public bool IsRetained { get; init; }

    /// <summary>Index of the route in the ledger.</summary>
    public byte Route { get; init; }

    /// <summary>UTF-8 name of the sender: MQTT client id, or address.</summary>
    public ReadOnlySpan<byte> Client { get; init; }

    /// <summary>Whether its sender says that it may have sent it before.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>A message out of the journal, as it was when it came.</summary>
    public static RoadMessage From(in JournalRecord record) => new()
    {
        Topic = record.Topic,
        Payload = record.Payload,
        ReceivedAt = record.ReceivedAt,
        IsRetained = (record.Flags & JournalFlags.Retained) == JournalFlags.Retained,
        IsDuplicate = (record.Flags & JournalFlags.Duplicate) == JournalFlags.Duplicate,
        Route = record.Route,
        Client = record.Client,
    };

    internal JournalRecord ToRecord() => new()
    {
        ReceivedAt = ReceivedAt,
        Route = Route,
        Flags = (IsRetained ? JournalFlags.Retained : JournalFlags.None) | (IsDuplicate ? JournalFlags.Duplicate : JournalFlags.None),
        Client = Client,
        Topic = Topic,
        Payload = Payload,
    };

    internal string ClientText() => Encoding.UTF8.GetString(Client);
}
