using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>How an outbox stands.</summary>
/// <param name="Bytes">That wait.</param>
/// <param name="Batches">That wait.</param>
/// <param name="OldestAt">When the oldest that waits was spilled; null when none waits.</param>
/// <param name="Segments">Files.</param>
/// <param name="SpilledBatches">Since the start.</param>
/// <param name="SpilledRows">Since the start.</param>
/// <param name="DrainedRows">Since the start; rows acknowledged by the store.</param>
/// <param name="TornTails">Unfinished records cut off at the start.</param>
/// <param name="DamagedPlaces">Places no record could be read from.</param>
/// <param name="Failures">Times the disk failed.</param>
/// <param name="IsFull">Nothing more is spilled.</param>
/// <param name="Fault">What the disk said when it failed last; null since it took something again.</param>
public sealed record OutboxState(
    long Bytes, long Batches, Instant? OldestAt, int Segments, long SpilledBatches, long SpilledRows, long DrainedRows, long TornTails, long DamagedPlaces, long Failures, bool IsFull, string? Fault);
