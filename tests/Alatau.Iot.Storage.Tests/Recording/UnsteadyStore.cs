using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Tests.Recording;

/// <summary>A store that keeps rows in memory and does to each write what the test says.</summary>
internal sealed class UnsteadyStore : IHistoryStore
{
    private readonly Lock _gate = new();
    private readonly List<HistoryBatch> _written = [];

    public string Name => "unsteady";

    public int ParallelWrites { get; init; } = 1;

    /// <summary>Called before a write with its number from 0; may throw, or wait.</summary>
    public Func<int, HistoryBatch, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

    /// <summary>What the store refuses.</summary>
    public Func<HistoryBatch, IReadOnlyList<RejectedRow>> Refuse { get; set; } = static _ => [];

    public Exception? OpenFailure { get; set; }

    public int Tries { get; private set; }

    public IReadOnlyList<HistoryBatch> Written
    {
        get
        {
            lock (_gate)
            {
                return [.. _written];
            }
        }
    }

    public int Rows => Written.Sum(batch => batch.Count);

    public ValueTask OpenAsync(CancellationToken cancellationToken) => OpenFailure is { } failure ? ValueTask.FromException(failure) : ValueTask.CompletedTask;

    public async ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        int number;
        lock (_gate)
        {
            number = Tries++;
        }

        await Before(number, batch).WaitAsync(cancellationToken);
        var copy = new HistoryBatch();
        copy.Readings.AddRange(batch.Readings);
        copy.Windows.AddRange(batch.Windows);
        copy.Transitions.AddRange(batch.Transitions);
        batch.MessagesByRoute.CopyTo(copy.MessagesByRoute, 0);
        lock (_gate)
        {
            _written.Add(copy);
        }

        return Refuse(batch);
    }

    public ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken) => ValueTask.FromResult(new SeriesPage([], null));

    public ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<AlarmTransition>>([]);

    public ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
