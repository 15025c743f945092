using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Web.Api;

/// <summary>Summaries of five minutes, of local days and of local months, made from the stored windows in UTC when they are asked for: so every correction is in them at once, and nothing is held or stored for them.</summary>
/// <remarks>Of calendar spans hours serve as parts where every border falls on a full hour of UTC, quarter hours in zones where it doesn't.</remarks>
internal static class ComposedWindows
{
    private const int PageOfParts = 5000;
    private const long FiveMinutes = 300_000;
    private const long Hour = 3_600_000;

    /// <summary>The parts that calendar spans are made of.</summary>
    public static WindowSpan PartOf(List<(Instant Start, Instant End)> spans) =>
        spans.TrueForAll(s => s.Start.UnixMilliseconds % Hour == 0 && s.End.UnixMilliseconds % Hour == 0) ? WindowSpan.OneHour : WindowSpan.QuarterHour;

    /// <summary>Spans of five minutes of UTC that overlap a half-open span, oldest first, at most <paramref name="limit"/>.</summary>
    public static List<(Instant Start, Instant End)> FiveMinutesHolding(Instant from, Instant to, int limit)
    {
        var spans = new List<(Instant Start, Instant End)>();
        for (long start = (long)Math.Floor(from.UnixMilliseconds / (double)FiveMinutes) * FiveMinutes; start < to.UnixMilliseconds && spans.Count < limit; start += FiveMinutes)
        {
            spans.Add((new Instant(start), new Instant(start + FiveMinutes)));
        }

        return spans;
    }

    /// <param name="spans">In order, without gaps; one more than <paramref name="limit"/> says where the next page starts.</param>
    /// <param name="part">Which windows are summed; no span may begin or end inside one.</param>
    public static async ValueTask<SeriesPage> ReadAsync(
        IHistoryStore store, AssetId asset, Measurand measurand, List<(Instant Start, Instant End)> spans, WindowSpan part, Instant now, int limit, CancellationToken cancellationToken)
    {
        if (spans.Count == 0)
        {
            return new SeriesPage([], null);
        }

        Instant? next = null;
        if (spans.Count > limit)
        {
            next = spans[limit].Start;
            spans.RemoveAt(limit);
        }

        var parts = await ReadPartsAsync(store, new SeriesQuery(asset, measurand.Id, spans[0].Start, spans[^1].End, part, PageOfParts), cancellationToken);
        var points = new List<SeriesPoint>();
        int at = 0;
        foreach (var span in spans)
        {
            int first = at;
            while (at < parts.Count && parts[at].At < span.End)
            {
                at++;
            }

            if (at > first)
            {
                points.Add(Sum(span, parts.GetRange(first, at - first), measurand.Kind, part, now));
            }
        }

        return new SeriesPage(points, next);
    }

    private static async ValueTask<List<SeriesPoint>> ReadPartsAsync(IHistoryStore store, SeriesQuery query, CancellationToken cancellationToken)
    {
        var parts = new List<SeriesPoint>();
        while (true)
        {
            var page = await store.ReadSeriesAsync(query, cancellationToken);
            parts.AddRange(page.Points.Where(p => p.Summary is not null));
            if (page.Next is not { } next)
            {
                return parts;
            }

            query = query with { From = next };
        }
    }

    private static SeriesPoint Sum((Instant Start, Instant End) whole, List<SeriesPoint> parts, MeasurandKind kind, WindowSpan span, Instant now)
    {
        int count = 0;
        int revision = 0;
        double minimum = double.PositiveInfinity;
        double maximum = double.NegativeInfinity;
        double weighted = 0;
        double delta = 0;
        double complete = 0;
        bool knowsCompleteness = false;
        var quality = Quality.Good;
        foreach (var part in parts)
        {
            var s = part.Summary!.Value;
            count += s.Count;
            revision += s.Revision;
            minimum = Math.Min(minimum, s.Minimum);
            maximum = Math.Max(maximum, s.Maximum);
            weighted += s.Mean * s.Count;
            delta += s.Delta;
            quality = s.Quality > quality ? s.Quality : quality;
            if (!float.IsNaN(s.Completeness))
            {
                knowsCompleteness = true;
                complete += s.Completeness;
            }
        }

        // Expected are the windows that have ended by now; a running day is measured against its past.
        double windows = Math.Max(parts.Count, Math.Ceiling((Instant.Min(whole.End, now) - whole.Start).TotalMilliseconds / span.Milliseconds()));
        double mean = count > 0 ? weighted / count : 0;
        double last = parts[^1].Summary!.Value.Last;
        float completeness = knowsCompleteness ? (float)Math.Min(1, complete / windows) : float.NaN;
        var summary = new WindowSummary(count, minimum, maximum, mean, last, delta, completeness, (ushort)Math.Min(revision, ushort.MaxValue), quality);
        double value = kind switch
        {
            MeasurandKind.Counter => delta,
            MeasurandKind.State => last,
            _ => mean,
        };
        return new SeriesPoint(whole.Start, value, quality, summary);
    }
}
