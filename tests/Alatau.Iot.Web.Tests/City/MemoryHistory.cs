using System.Collections.Concurrent;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>History in memory: what the tests put in, half-open and paged as the port says.</summary>
internal sealed class MemoryHistory : IHistoryStore
{
    private readonly ConcurrentDictionary<(AssetId Asset, ushort Measurand, WindowSpan? Span), List<SeriesPoint>> _series = new();
    private readonly List<AlarmTransition> _transitions = [];

    public string Name => "memory";

    public string? Problem { get; set; }

    public void Add(AssetId asset, ushort measurand, WindowSpan? span, SeriesPoint point)
    {
        var series = _series.GetOrAdd((asset, measurand, span), _ => []);
        lock (series)
        {
            series.Add(point);
        }
    }

    public void Add(AlarmTransition transition)
    {
        lock (_transitions)
        {
            _transitions.Add(transition);
        }
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<RejectedRow>>([]);

    public ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken)
    {
        Fail();
        if (!_series.TryGetValue((query.Asset, query.Measurand.Value, query.Span), out var series))
        {
            return ValueTask.FromResult(new SeriesPage([], null));
        }

        lock (series)
        {
            var found = series.Where(p => p.At >= query.From && p.At < query.To).OrderBy(p => p.At).Take(query.Limit + 1).ToArray();
            return ValueTask.FromResult(new SeriesPage([.. found.Take(query.Limit)], found.Length > query.Limit ? found[query.Limit].At : null));
        }
    }

    public ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken)
    {
        Fail();
        lock (_transitions)
        {
            return ValueTask.FromResult<IReadOnlyList<AlarmTransition>>(
            [
                .. _transitions.Where(t => t.At >= query.From && t.At < query.To && (query.Asset is null || query.Asset == t.Asset)).OrderByDescending(t => t.At).Take(query.Limit),
            ]);
        }
    }

    public ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Problem);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Fail()
    {
        if (Problem is not null)
        {
            throw new StoreException(Problem, isTransient: true);
        }
    }
}
