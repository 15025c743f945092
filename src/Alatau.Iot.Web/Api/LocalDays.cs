using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Web.Api;

/// <summary>Summaries of local calendar days, made from windows in UTC. A day runs from local midnight to the next, whatever the clocks did between.</summary>
/// <remarks>Hours serve where every midnight falls on a full hour of UTC, quarter hours in zones where it doesn't.</remarks>
internal static class LocalDays
{
    private const int PageOfParts = 5000;

    public static async ValueTask<SeriesPage> ReadAsync(
        IHistoryStore store, AssetId asset, Measurand measurand, Instant from, Instant to, Instant now, TimeZoneInfo zone, int limit, CancellationToken cancellationToken)
    {
        var days = DaysHolding(from, to, zone, limit + 1);
        if (days.Count == 0)
        {
            return new SeriesPage([], null);
        }

        Instant? next = null;
        if (days.Count > limit)
        {
            next = days[limit].Start;
            days.RemoveAt(limit);
        }

        bool onHours = days.TrueForAll(d => d.Start.UnixMilliseconds % 3_600_000 == 0 && d.End.UnixMilliseconds % 3_600_000 == 0);
        var span = onHours ? WindowSpan.OneHour : WindowSpan.QuarterHour;
        var parts = await ReadPartsAsync(store, new SeriesQuery(asset, measurand.Id, days[0].Start, days[^1].End, span, PageOfParts), cancellationToken);
        var points = new List<SeriesPoint>();
        int at = 0;
        foreach (var day in days)
        {
            int first = at;
            while (at < parts.Count && parts[at].At < day.End)
            {
                at++;
            }

            if (at > first)
            {
                points.Add(Sum(day, parts.GetRange(first, at - first), measurand.Kind, span, now));
            }
        }

        return new SeriesPage(points, next);
    }

    /// <summary>The local days that overlap a half-open span, oldest first, at most <paramref name="limit"/>.</summary>
    internal static List<(Instant Start, Instant End)> DaysHolding(Instant from, Instant to, TimeZoneInfo zone, int limit)
    {
        var days = new List<(Instant Start, Instant End)>();
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from.ToDateTimeOffset(), zone).DateTime);
        var start = Midnight(date, zone);
        while (start < to && days.Count < limit && date < DateOnly.MaxValue)
        {
            date = date.AddDays(1);
            var end = Midnight(date, zone);
            days.Add((start, end));
            start = end;
        }

        return days;
    }

    /// <summary>First instant of a local date: of two midnights the earlier; where the clocks skip midnight, the moment they do.</summary>
    internal static Instant Midnight(DateOnly date, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
        if (zone.IsAmbiguousTime(local))
        {
            return Instant.From(new DateTimeOffset(local, zone.GetAmbiguousTimeOffsets(local).Max()));
        }

        if (zone.IsInvalidTime(local))
        {
            // The offset before the gap, applied to a time inside it, is the moment of the change or after it by as much as midnight lies inside.
            var before = new DateTimeOffset(local, zone.GetUtcOffset(local.AddHours(-3)));
            var moment = before;
            while (DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment.AddMinutes(-15), zone).DateTime) == date)
            {
                moment = moment.AddMinutes(-15);
            }

            return Instant.From(moment);
        }

        return Instant.From(new DateTimeOffset(local, zone.GetUtcOffset(local)));
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

    private static SeriesPoint Sum((Instant Start, Instant End) day, List<SeriesPoint> parts, MeasurandKind kind, WindowSpan span, Instant now)
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

        // Expected are the windows that have ended by now; the running day is measured against its past.
        double windows = Math.Max(parts.Count, Math.Ceiling((Instant.Min(day.End, now) - day.Start).TotalMilliseconds / span.Milliseconds()));
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
        return new SeriesPoint(day.Start, value, quality, summary);
    }
}
