using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Readings;

/// <summary>The readings of one asset out of one message, on their way to its actor. Valid only during the call it is passed to.</summary>
/// <param name="asset">Whose readings.</param>
/// <param name="receivedAt">When the message arrived here.</param>
/// <param name="route">Index of the way it came in (<see cref="Ledgers.Ledger"/>).</param>
/// <param name="position">Journal position of the message; 0 without a journal.</param>
/// <param name="readings">At least one, in the order of the message.</param>
public readonly ref struct ReadingBatch(AssetHandle asset, Instant receivedAt, byte route, long position, ReadOnlySpan<Reading> readings)
{
    public AssetHandle Asset { get; } = asset;

    public Instant ReceivedAt { get; } = receivedAt;

    public byte Route { get; } = route;

    public long Position { get; } = position;

    public ReadOnlySpan<Reading> Readings { get; } = readings;
}
