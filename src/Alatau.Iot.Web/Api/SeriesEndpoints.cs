using System.ComponentModel;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>History of one measurand of one asset.</summary>
internal static class SeriesEndpoints
{
    private const int DefaultPage = 2000;
    private const int MaximumPage = 10_000;

    private enum Spacing
    {
        Raw,
        OneMinute,
        FiveMinutes,
        QuarterHour,
        OneHour,
        Day,
        Month,
    }

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/assets/{site}/{asset}/series", GetAsync).WithName("GetSeries").WithSummary("Readings or windows of one measurand, oldest first")
            .WithDescription("The span is half-open. Windows of 1d and 1mo are local days (23, 24 or 25 hours) and months of the site's zone. They and those of 5m are summed from shorter windows when they are asked for; their revision is the sum of their parts' revisions, their completeness counts parts without a window as empty.")
            .Produces<SeriesAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> GetAsync(
        string site,
        string asset,
        AssetDirectory assets,
        MeasurandCatalog catalog,
        IHistoryStore store,
        Sites sites,
        TimeProvider clock,
        [Description("Name of the measurand, as activePower or voltage.l1.")] string? measurand,
        [Description("Inclusive: RFC 3339 or Unix milliseconds. Default: 1 h (raw), 6 h (1m), 12 h (5m), 24 h (15m), 7 d (1h), 30 d (1d) or 366 d (1mo) before to.")] string? from,
        [Description("Exclusive: RFC 3339 or Unix milliseconds; default now.")] string? to,
        [Description("raw, 1m, 5m, 15m, 1h, 1d or 1mo; default raw.")] string? window,
        [Description("Most points in a page, 1 to 10000; default 2000.")] string? limit,
        CancellationToken cancellationToken)
    {
        if (!AssetId.TryOf(site, asset, out var id) || !assets.TryFind(id, out _))
        {
            return Problems.UnknownAsset(site, asset);
        }

        var query = new QueryReader();
        var now = Instant.Now(clock);
        var spacing = ReadSpacing(query, window);
        var end = query.Time("to", to, now);
        var start = query.Time("from", from, end - DefaultSpan(spacing));
        int take = query.Whole("limit", limit, DefaultPage, 1, MaximumPage);
        if (string.IsNullOrEmpty(measurand))
        {
            query.Fault("measurand", "measurand must be given.");
        }

        if (!query.HasFaults && end <= start)
        {
            query.Fault("to", "to must be later than from.");
        }

        if (query.HasFaults)
        {
            return query.Problem();
        }

        if (!catalog.TryFind(measurand!, out var measurandId))
        {
            return Problems.UnknownMeasurand(measurand!);
        }

        var wanted = catalog[measurandId];
        try
        {
            SeriesPage page;
            if (spacing is Spacing.FiveMinutes or Spacing.Day or Spacing.Month)
            {
                var spans = spacing switch
                {
                    Spacing.FiveMinutes => ComposedWindows.FiveMinutesHolding(start, end, take + 1),
                    Spacing.Day => LocalDays.DaysHolding(start, end, sites.Of(site).TimeZone, take + 1),
                    _ => LocalDays.MonthsHolding(start, end, sites.Of(site).TimeZone, take + 1),
                };
                var part = spacing == Spacing.FiveMinutes ? WindowSpan.OneMinute : ComposedWindows.PartOf(spans);
                page = await ComposedWindows.ReadAsync(store, id, wanted, spans, part, now, take, cancellationToken);
            }
            else
            {
                WindowSpan? span = spacing switch
                {
                    Spacing.OneMinute => WindowSpan.OneMinute,
                    Spacing.QuarterHour => WindowSpan.QuarterHour,
                    Spacing.OneHour => WindowSpan.OneHour,
                    _ => null,
                };
                page = await store.ReadSeriesAsync(new SeriesQuery(id, measurandId, start, end, span, take), cancellationToken);
            }

            string name = string.IsNullOrEmpty(window) ? "raw" : window;
            return TypedResults.Ok(new SeriesAnswer(site, asset, wanted.Name, wanted.Unit, name, [.. page.Points.Select(Point)], page.Next?.ToString()));
        }
        catch (StoreException e)
        {
            return Problems.StoreAway(e.Message);
        }
    }

    private static Spacing ReadSpacing(QueryReader query, string? window)
    {
        switch (window)
        {
            case null or "" or "raw":
                return Spacing.Raw;
            case "1m":
                return Spacing.OneMinute;
            case "5m":
                return Spacing.FiveMinutes;
            case "15m":
                return Spacing.QuarterHour;
            case "1h":
                return Spacing.OneHour;
            case "1d":
                return Spacing.Day;
            case "1mo":
                return Spacing.Month;
            default:
                query.Fault("window", "window must be one of: raw, 1m, 5m, 15m, 1h, 1d, 1mo.");
                return Spacing.Raw;
        }
    }

    private static TimeSpan DefaultSpan(Spacing spacing) => spacing switch
    {
        Spacing.Raw => TimeSpan.FromHours(1),
        Spacing.OneMinute => TimeSpan.FromHours(6),
        Spacing.FiveMinutes => TimeSpan.FromHours(12),
        Spacing.QuarterHour => TimeSpan.FromHours(24),
        Spacing.OneHour => TimeSpan.FromDays(7),
        Spacing.Day => TimeSpan.FromDays(30),
        _ => TimeSpan.FromDays(366),
    };

    private static PointItem Point(SeriesPoint point) => point.Summary is not { } s
        ? new PointItem(point.At.ToString(), point.Value, Words.Of(point.Quality))
        : new PointItem(
            point.At.ToString(), point.Value, Words.Of(point.Quality), s.Count, s.Minimum, s.Maximum, s.Mean, s.Last, float.IsNaN(s.Completeness) ? null : Math.Round(s.Completeness, 4), s.Revision);
}
