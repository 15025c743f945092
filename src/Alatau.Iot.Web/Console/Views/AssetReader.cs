using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Plots;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Makes the page of one asset.</summary>
internal sealed class AssetReader(
    AssetDirectory assets, IAssetRuntime runtime, MeasurandCatalog catalog, Sites sites, AlarmReader alarms, AlarmHistoryReader history, SubscriptionsReader subscriptions, AssetPlots plots, WindowReader windowReader, AssetPlaceReader places, TimeProvider clock)
{
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
        (Plot? plot, string? problem) = withPlot && plotted is { } id ? await plots.LatestAsync(asset, catalog[id], query.IsDay, site.TimeZone, cancellationToken) : (null, null);
        (var windows, string? windowProblem) = withPlot && plotted is { } windowed ? await windowReader.LatestAsync(asset.Id, catalog[windowed], query.Windows, site.TimeZone, cancellationToken) : ([], null);
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
            withPlot ? await history.LatestAsync(asset.Id, Transitions, cancellationToken) : [],
            withPlot ? subscriptions.DeliveriesOf(asset.Id, now) : [],
            windows,
            windowProblem,
            places.Of(handle, now));
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
            (query with { Measurand = measurand.Name }).Href,
            value.Measurand == plotted,
            value.Quality == Quality.Bad ? Figure.Missing : Figure.Of(value.Value, measurand.Unit),
            measurand.Kind == MeasurandKind.Counter ? value.Value.ToString(measurand.Unit == "Wh" ? "#,0" : "#,0.###", CultureInfo.InvariantCulture).Replace(',', '\u202f') + " " + Figure.Symbol(measurand.Unit) : "",
            value.Quality == Quality.Good ? "" : Words.Of(value.Quality),
            LocalTime.Of(value.MeasuredAt, site.TimeZone, now),
            value.MeasuredAt.UnixMilliseconds,
            Figure.Age(now - value.MeasuredAt));
    }
}
