using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Plots;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Makes the page of one asset.</summary>
internal sealed class AssetReader(
    AssetDirectory assets, IAssetRuntime runtime, MeasurandCatalog catalog, Sites sites, AlarmBook book, AlarmReader alarms, IHistoryStore store, TimeProvider clock)
{
    private const int MaximumPoints = 20_000;
    private const int Transitions = 20;

    private readonly MainMeasurand _main = new(catalog);

    /// <summary>Null when there is no such asset.</summary>
    public async Task<AssetView?> ReadAsync(AssetQuery query, bool withPlot, CancellationToken cancellationToken)
    {
        if (!assets.TryFind(query.Asset, out var handle))
        {
            return null;
        }

        var now = Instant.Now(clock);
        var asset = assets[handle];
        var site = sites.Of(asset.Id.Site);
        var snapshot = await runtime.GetAsync(handle, cancellationToken);
        var values = snapshot?.Values ?? [];
        MeasurandId? plotted = query.Measurand is { } name && catalog.TryFind(name, out var asked) ? asked : _main.Of(asset.Kind, values)?.Measurand;
        (Plot? plot, string? problem) = withPlot && plotted is { } id ? await PlotAsync(asset, catalog[id], query.IsDay, site.TimeZone, now, cancellationToken) : (null, null);
        return new AssetView(
            query,
            asset.DisplayName,
            site.DisplayName,
            asset.Kind.ToString(),
            OverviewReader.Look(asset, snapshot, now),
            snapshot is { HasMeasured: true } ? snapshot.LastMeasuredAt.UnixMilliseconds : null,
            snapshot is { HasMeasured: true } ? Figure.Age(now - snapshot.LastMeasuredAt) : "–",
            Facts(asset),
            [.. values.Select(v => Value(v, query, plotted, site, now))],
            plotted is { } shown ? Names.Of(catalog[shown]) : "",
            plot,
            problem,
            alarms.Open(now, asset.Id),
            withPlot ? await TransitionsAsync(asset.Id, site, now, cancellationToken) : []);
    }

    private static List<(string Name, string Text)> Facts(Asset asset)
    {
        var facts = new List<(string Name, string Text)> { ("Id", asset.Id.ToString()), ("Kind", asset.Kind.ToString()) };
        if (asset.RatedPowerWatts is { } rating)
        {
            facts.Add(("Rating", Figure.Of(rating, "W").ToString()));
        }

        if (asset.ReportingInterval is { } interval)
        {
            facts.Add(("Reports every", Figure.Age(interval)));
        }

        if (asset.Latitude is { } latitude && asset.Longitude is { } longitude)
        {
            facts.Add(("Position", string.Create(CultureInfo.InvariantCulture, $"{latitude:0.####}, {longitude:0.####}")));
        }

        facts.AddRange(asset.Attributes.Select(a => (a.Key, a.Value)));
        if (asset.IsSelfRegistered)
        {
            facts.Add(("Origin", "registered itself"));
        }

        return facts;
    }

    private ValueRowView Value(LatestValue value, AssetQuery query, MeasurandId? plotted, Site site, Instant now)
    {
        var measurand = catalog[value.Measurand];
        return new ValueRowView(
            "v-" + measurand.Name,
            Names.Of(measurand),
            measurand.Name,
            query.Href(measurand.Name, query.IsDay),
            value.Measurand == plotted,
            value.Quality == Quality.Bad ? Figure.Missing : Figure.Of(value.Value, measurand.Unit),
            measurand.Kind == MeasurandKind.Counter ? value.Value.ToString(measurand.Unit == "Wh" ? "#,0" : "#,0.###", CultureInfo.InvariantCulture).Replace(',', '\u202f') + " " + Figure.Symbol(measurand.Unit) : "",
            value.Quality == Quality.Good ? "" : Words.Of(value.Quality),
            LocalTime.Of(value.MeasuredAt, site.TimeZone, now),
            value.MeasuredAt.UnixMilliseconds,
            Figure.Age(now - value.MeasuredAt));
    }

    private async Task<(Plot? Plot, string? Problem)> PlotAsync(Asset asset, Measurand measurand, bool isDay, TimeZoneInfo zone, Instant now, CancellationToken cancellationToken)
    {
        var span = isDay ? TimeSpan.FromDays(1) : TimeSpan.FromHours(1);
        try
        {
            var page = await store.ReadSeriesAsync(
                new SeriesQuery(asset.Id, measurand.Id, now - span, now + TimeSpan.FromMilliseconds(1), isDay ? WindowSpan.QuarterHour : null, MaximumPoints), cancellationToken);
            var points = page.Points
                .Where(p => p.Quality != Quality.Bad)
                .Select(p => new PlotPoint(p.At.UnixMilliseconds + (isDay ? 450_000 : 0), p.Value)).ToArray();
            var limits = alarms.LimitsOf(asset, measurand).Select(l => new PlotLimit(l.Limit.Limit, $"{l.Rule.Title}")).ToArray();
            var gap = isDay ? TimeSpan.FromMinutes(35) : 5 * (asset.ReportingInterval ?? TimeSpan.FromMinutes(1));
            bool isPower = measurand.Unit is "W" or "VA" or "Wh";
            var plot = new Plot(
                $"{Names.Of(measurand)} of {asset.DisplayName}, last {(isDay ? "24 hours" : "hour")}", measurand.Unit, now - span, now, zone, [new PlotSeries(Names.Of(measurand), "load", false, points)], limits, gap, fromZero: isPower && measurand.Kind == MeasurandKind.Gauge);
            return (plot, null);
        }
        catch (StoreException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>The latest transitions: what this process saw, and what the store has from before.</summary>
    private async Task<IReadOnlyList<TransitionView>> TransitionsAsync(AssetId asset, Site site, Instant now, CancellationToken cancellationToken)
    {
        var found = book.Recent(t => t.Asset == asset, Transitions).Select(n => n.Transition).ToList();
        if (found.Count < Transitions)
        {
            try
            {
                var stored = await store.ReadTransitionsAsync(new TransitionQuery(asset, now - TimeSpan.FromDays(30), now + TimeSpan.FromMilliseconds(1), Transitions), cancellationToken);
                var known = found.Select(t => (t.AlarmId, t.At, t.To)).ToHashSet();
                found.AddRange(stored.Where(t => known.Add((t.AlarmId, t.At, t.To))));
            }
            catch (StoreException)
            {
                // The banner says that the store is ill; what this process saw is shown all the same.
            }
        }

        return
        [
            .. found.OrderByDescending(t => t.At).Take(Transitions).Select(t => new TransitionView(
                LocalTime.Of(t.At, site.TimeZone, now),
                new AlarmMark(Words.Of(t.Severity), t.To is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged, t.Severity.ToString()),
                t.Title,
                AlarmReader.StepText(t),
                alarms.ValueText(t.Rule, t.Value),
                t.By,
                t.Why)),
        ];
    }
}
