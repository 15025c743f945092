using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Tests.Corrections;

/// <summary>A store that keeps rows in memory by the rules of every store; fails while it is away.</summary>
internal sealed class MemoryStore(AssetDirectory assets, MeasurandCatalog catalog) : IHistoryStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(AssetId, MeasurandId), SortedDictionary<Instant, (double Value, Quality Quality)>> _readings = [];

    public string Name => "memory";

    public bool IsAway { get; set; }

    public int SeriesReads { get; private set; }

    public Dictionary<(AssetId Asset, MeasurandId Measurand, Window Window), WindowSummary> Windows { get; } = [];

    /// <summary>Every window row written, in order.</summary>
    public List<WindowRow> Written { get; } = [];

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        lock (_gate)
        {
            foreach (var row in batch.Readings)
            {
                var key = (assets[row.Asset].Id, row.Measurand);
                if (!_readings.TryGetValue(key, out var series))
                {
                    _readings[key] = series = [];
                }

                series[row.MeasuredAt] = (row.Value, row.Quality);
            }

            foreach (var row in batch.Windows)
            {
                Written.Add(row);
                var key = (assets[row.Asset].Id, row.Update.Measurand, row.Update.Window);
                if (!Windows.TryGetValue(key, out var stored) || row.Update.Summary.Revision > stored.Revision)
                {
                    Windows[key] = row.Update.Summary;
                }
            }
        }

        return ValueTask.FromResult<IReadOnlyList<RejectedRow>>([]);
    }

    public ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken)
    {
        ThrowIfAway();
        lock (_gate)
        {
            SeriesReads++;
            IEnumerable<SeriesPoint> points = query.Span is { } span
                ? Windows.Where(w => w.Key.Asset == query.Asset && w.Key.Measurand == query.Measurand && w.Key.Window.Span == span).OrderBy(w => w.Key.Window.Start)
                    .Select(w => w.Value.ToPoint(w.Key.Window.Start, catalog[query.Measurand].Kind))
                : _readings.TryGetValue((query.Asset, query.Measurand), out var series) ? series.Select(r => new SeriesPoint(r.Key, r.Value.Value, r.Value.Quality, null)) : [];
            var found = points.Where(p => p.At >= query.From && p.At < query.To).Take(query.Limit + 1).ToList();
            return ValueTask.FromResult(found.Count > query.Limit ? new SeriesPage(found[..^1], found[^1].At) : new SeriesPage(found, null));
        }
    }

    public ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<AlarmTransition>>([]);

    public ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void ThrowIfAway()
    {
        if (IsAway)
        {
            throw new StoreException("away", isTransient: true);
        }
    }
}
