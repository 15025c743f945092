using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Plots;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Makes the overview out of the runtime's latest values, the totals and the alarm book.</summary>
internal sealed class OverviewReader(
    AssetOrder order, AssetDirectory assets, IAssetRuntime runtime, MeasurandCatalog catalog, Sites sites, AlarmBook book, TrendBook trends, TotalsBook totals, TimeProvider clock)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 50;

    /// <summary>Spark lines begin when measuring began, but span at least five minutes.</summary>
    private const int LeastSlots = 15;

    private static readonly TimeSpan s_freshWithoutInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan[] s_plotSpans = [TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(24)];

    private readonly MainMeasurand _main = new(catalog);

    public async Task<OverviewView> ReadAsync(OverviewQuery query, CancellationToken cancellationToken)
    {
        var now = Instant.Now(clock);
        var worst = book.WorstByAsset();
        var matching = Matching(query, worst);
        int pages = Math.Max(1, (matching.Count + PageSize - 1) / PageSize);
        query = query with { Page = Math.Min(query.Page, pages) };
        var handles = matching.Skip((query.Page - 1) * PageSize).Take(PageSize).Select(i => new AssetHandle(i)).ToArray();
        var snapshots = (await runtime.GetManyAsync(handles, cancellationToken)).ToDictionary(s => s.Asset);
        int slots = Slots(now);
        var rows = handles.Select(h => Row(h, snapshots.GetValueOrDefault(h), worst.GetValueOrDefault(assets[h].Id), now, slots)).ToArray();
        var sums = await runtime.GetTotalsAsync(cancellationToken);
        return new OverviewView(
            query,
            Totals(sums),
            [.. sums.OrderBy(s => SiteRank(s.Site)).Select(s => Site(s, now, slots))],
            [.. rows.GroupBy(r => r.Site, StringComparer.Ordinal).Select(g => (g.Key, g.First().SiteName, (IReadOnlyList<RowView>)[.. g]))],
            order.KindsPresent,
            matching.Count,
            assets.Count,
            pages,
            string.Create(CultureInfo.InvariantCulture, $"Last {Math.Ceiling(slots / 3.0):0} min"));
    }

    /// <summary>Load and generation of the city over the shortest of 15 min, 1 h, 6 h and 24 h that holds all there is.</summary>
    public (Plot Plot, string Name) LoadPlot()
    {
        var now = Instant.Now(clock);
        var rings = totals.Ring(TotalsBook.City);
        var dayLoad = Points(rings.DayLoad, now);
        var hourLoad = Points(rings.HourLoad, now);
        long oldest = Math.Min(dayLoad.Count > 0 ? dayLoad[0].At : now.UnixMilliseconds, hourLoad.Count > 0 ? hourLoad[0].At : now.UnixMilliseconds);
        var span = Array.Find(s_plotSpans, s => (now - s).UnixMilliseconds <= oldest + 30_000);
        span = span == TimeSpan.Zero ? s_plotSpans[^1] : span;
        bool isShort = span <= TimeSpan.FromHours(1);
        IReadOnlyList<PlotSeries> series =
        [
            new("Generation", "generation", true, isShort ? Points(rings.HourGeneration, now) : Points(rings.DayGeneration, now)),
            new("Load", "load", false, isShort ? hourLoad : dayLoad),
        ];
        string name = span.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"last {span.TotalHours:0} h") : string.Create(CultureInfo.InvariantCulture, $"last {span.TotalMinutes:0} min");
        var plot = new Plot(
            $"Load and generation of the city, {name}", "W", now - span, now, sites.CityZone, series, [], TimeSpan.FromMinutes(isShort ? 2 : 20), fromZero: true);
        return (plot, name);
    }

    internal RowView Row(AssetHandle handle, AssetSnapshot? snapshot, OpenAlarm? alarm, Instant now, int slots)
    {
        var asset = assets[handle];
        var main = snapshot is null ? null : _main.Of(asset.Kind, snapshot.Values);
        float[]? trend = main is { } value ? trends.Read(handle, value.Measurand, now) : null;
        return new RowView(
            string.Create(CultureInfo.InvariantCulture, $"a{handle.Index}"),
            $"/assets/{asset.Id.Site}/{asset.Id.Name}",
            asset.DisplayName,
            asset.Id.Site,
            sites.Of(asset.Id.Site).DisplayName,
            asset.Kind.ToString(),
            Look(asset, snapshot, now),
            main is { } m ? (m.Quality == Quality.Bad ? Figure.Missing : Figure.Of(m.Value, catalog[m.Measurand].Unit)) : Figure.Missing,
            main is { } named ? Names.Of(catalog[named.Measurand]) : "",
            snapshot is null ? [] : [.. _main.Beside(asset.Kind, snapshot.Values, main?.Measurand, 3).Select(v => Figure.Of(v.Value, catalog[v.Measurand].Unit).ToString())],
            snapshot is { HasMeasured: true } ? snapshot.LastMeasuredAt.UnixMilliseconds : null,
            snapshot is { HasMeasured: true } ? Figure.Age(now - snapshot.LastMeasuredAt) : "–",
            main is { } q && q.Quality != Quality.Good ? Words.Of(q.Quality) : "",
            trend is null ? "" : Curve.Spark(trend.AsSpan(trend.Length - slots), 120, 18),
            alarm is null ? null : AlarmReader.Mark(alarm));
    }

    /// <summary>Fresh, stale (three reporting intervals, or five minutes where none is known), or never measured.</summary>
    internal static string Look(Asset asset, AssetSnapshot? snapshot, Instant now) => snapshot is not { HasMeasured: true }
        ? "never"
        : now - snapshot.LastMeasuredAt > (asset.ReportingInterval is { } interval ? 3 * interval : s_freshWithoutInterval) ? "stale" : "";

    private static List<PlotPoint> Points(SlotRing ring, Instant now)
    {
        var points = new List<PlotPoint>();
        float[] values = ring.Read(now);
        var start = ring.StartAt(now);
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsNaN(values[i]))
            {
                points.Add(new PlotPoint((start + (i * ring.SlotLength)).UnixMilliseconds, values[i]));
            }
        }

        return points;
    }

    private static TotalsView Total(IReadOnlyList<SiteTotals> sums, IReadOnlyList<(string Severity, int Count)> counts, int open)
    {
        double net = sums.Sum(s => s.NetImportWatts);
        int all = sums.Sum(s => s.Assets);
        int reporting = sums.Sum(s => s.Reporting);
        bool any = reporting > 0;
        return new TotalsView(
            Figure.Of(any ? sums.Sum(s => s.LoadWatts) : null, "W"),
            Figure.Of(any ? sums.Sum(s => s.GenerationWatts) : null, "W"),
            net < 0 ? "Net export" : "Net import",
            Figure.Of(any ? Math.Abs(net) : null, "W"),
            Figure.Of(any ? sums.Sum(s => s.EnergyImportTodayWattHours) : null, "Wh"),
            Figure.Of(any ? sums.Sum(s => s.EnergyProducedTodayWattHours) : null, "Wh"),
            counts,
            open,
            all == 0 ? "–" : (Math.Floor(reporting * 1000.0 / all) / 10).ToString(reporting == all ? "0" : "0.0", CultureInfo.InvariantCulture),
            $"{Figure.Count(reporting)} of {Figure.Count(all)}",
            reporting == all);
    }

    private int SiteRank(string site)
    {
        int rank = sites.Known.Select((s, i) => (s.Name, Index: i)).Where(s => s.Name == site).Select(s => s.Index).DefaultIfEmpty(int.MaxValue).First();
        return rank;
    }

    private TotalsView Totals(IReadOnlyList<SiteTotals> sums)
    {
        var open = book.Open();
        var counts = new List<(string Severity, int Count)>();
        foreach (var severity in Enum.GetValues<AlarmSeverity>().Reverse())
        {
            counts.Add((Words.Of(severity), open.Count(a => a.Last.Severity == severity && !a.IsAside)));
        }

        return Total(sums, counts, open.Count(a => !a.IsAside) + (int)book.Unlisted);
    }

    private SiteView Site(SiteTotals sum, Instant now, int slots)
    {
        var open = book.Open().Where(a => !a.IsAside && a.Last.Asset.Site == sum.Site).ToArray();
        float[] trend = totals.HourLoad(sum.Site, now);
        return new SiteView(
            "s-" + sum.Site,
            sum.Site,
            sites.Of(sum.Site).DisplayName,
            Figure.Of(sum.LoadWatts, "W"),
            Figure.Of(sum.GenerationWatts, "W"),
            Figure.Of(sum.NetImportWatts, "W"),
            $"{Figure.Count(sum.Reporting)}/{Figure.Count(sum.Assets)}",
            sum.Reporting == sum.Assets,
            Curve.Spark(trend.AsSpan(trend.Length - slots), 120, 18),
            open.Length == 0 ? null : AlarmReader.Mark(open[0]),
            open.Length);
    }

    private int Slots(Instant now)
    {
        float[] city = totals.HourLoad(TotalsBook.City, now);
        int first = Array.FindIndex(city, v => !float.IsNaN(v));
        return first < 0 ? LeastSlots : Math.Clamp(city.Length - first, LeastSlots, city.Length);
    }

    private List<int> Matching(OverviewQuery query, IReadOnlyDictionary<AssetId, OpenAlarm> worst)
    {
        var filter = new AssetFilter(query.Site, query.Kind, query.Text);
        var matching = new List<int>();
        foreach (int index in order.All())
        {
            var asset = assets[new AssetHandle(index)];
            if (filter.Takes(asset) && (!query.OnlyAbnormal || worst.ContainsKey(asset.Id)))
            {
                matching.Add(index);
            }
        }

        return matching;
    }
}
