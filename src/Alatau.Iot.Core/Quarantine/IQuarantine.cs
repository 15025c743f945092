using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Quarantine;

/// <summary>Keeps messages that could not be taken. Bounded: the oldest go first, and that is counted.</summary>
public interface IQuarantine
{
    /// <summary>Keeps a message; any thread. Copies what it keeps, never throws, never blocks for longer than a copy.</summary>
    void Add(Instant receivedAt, byte route, string client, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QuarantineReason reason, string detail);

    /// <summary>Messages kept, newest first, with numbers below <paramref name="before"/>.</summary>
    IReadOnlyList<QuarantinedMessage> List(long before, int limit);

    /// <summary>Messages quarantined since the platform was set up, by reason, kept or not.</summary>
    IReadOnlyDictionary<QuarantineReason, long> Counts { get; }
}
