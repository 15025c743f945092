using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Quarantine;

/// <summary>Keeps messages that could not be taken. Bounded: the oldest go first, and that is counted.</summary>
public interface IQuarantine
{
    /// <summary>Keeps a message; any thread. Copies what it keeps, never throws, never blocks for longer than a copy.</summary>
    /// <param name="position">Journal position of the message; 0 without one. A position that is held already is a replay: the message is neither kept nor counted again.</param>
    void Add(Instant receivedAt, byte route, string client, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, QuarantineReason reason, string detail, long position);

    /// <summary>Counts messages whose rows were lost on disk, as <see cref="QuarantineReason.LostInOutbox"/>, and lists one entry for all of them; any thread.</summary>
    /// <param name="route">Where they came in; one that is unknown for several.</param>
    /// <param name="messages">How many.</param>
    /// <param name="detail">Where they were lost and why.</param>
    void AddLost(Instant at, byte route, long messages, string detail);

    /// <summary>Messages kept, newest first, with numbers below <paramref name="before"/>.</summary>
    /// <param name="alsoReplayed">Whether those that were sent through again are listed, too.</param>
    IReadOnlyList<QuarantinedMessage> List(long before, int limit, bool alsoReplayed = false);

    /// <summary>The message of a number, also when it was sent through again; null when none is kept, whatever the number.</summary>
    QuarantinedMessage? Find(long number) =>
        number is >= 0 and < long.MaxValue && List(number + 1, 1, alsoReplayed: true) is [var found] && found.Number == number ? found : null;

    /// <summary>Says that a message was sent through again; it is no longer listed unless asked for. On disk when the call returns.</summary>
    /// <returns>False when no such message is kept, or it was marked before.</returns>
    bool MarkReplayed(long number);

    /// <summary>The same for many, with one turn of the disk.</summary>
    /// <returns>How many were not marked before.</returns>
    int MarkReplayed(IReadOnlyList<long> numbers);

    /// <summary>Whether the message at a journal position was set aside; above what a checkpoint has released. A replay then leaves it where it is, whatever profiles say by now.</summary>
    bool Holds(long position);

    /// <summary>Messages quarantined since the platform was set up, by reason, kept or not.</summary>
    IReadOnlyDictionary<QuarantineReason, long> Counts { get; }
}
