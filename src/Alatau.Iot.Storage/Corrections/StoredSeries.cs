using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>Reads a series as a whole, page by page.</summary>
internal sealed class StoredSeries(IHistoryStore store)
{
    private const int PageSize = 10_000;

    /// <exception cref="StoreException">The store doesn't answer.</exception>
    internal async Task<List<SeriesPoint>> ReadAsync(SeriesQuery series, Instant from, Instant to, WindowSpan? span, CancellationToken cancellationToken)
    {
        var points = new List<SeriesPoint>();
        for (Instant? next = from; next is { } start && start < to;)
        {
            var page = await store.ReadSeriesAsync(series with { From = start, To = to, Span = span, Limit = PageSize }, cancellationToken);
            points.AddRange(page.Points);
            next = page.Next;
        }

        return points;
    }

    /// <summary>The first reading in a span of time; null for none.</summary>
    /// <exception cref="StoreException">The store doesn't answer.</exception>
    internal async Task<Instant?> FirstAsync(SeriesQuery series, Instant from, Instant to, CancellationToken cancellationToken)
    {
        if (from >= to)
        {
            return null;
        }

        var page = await store.ReadSeriesAsync(series with { From = from, To = to, Span = null, Limit = 1 }, cancellationToken);
        return page.Points.Count > 0 ? page.Points[0].At : page.Next;
    }
}
