using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Unrecorded;

/// <summary>No history, by setting: live views and alarms work, every series is empty.</summary>
public sealed class NoHistoryStore : IHistoryStore
{
    public string Name => "none";

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <exception cref="NotSupportedException">Always: nobody may believe that something was kept.</exception>
    public ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Storage:Provider is none: nothing is recorded.");

    public ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken) => ValueTask.FromResult(new SeriesPage([], null));

    public ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<AlarmTransition>>([]);

    public ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
