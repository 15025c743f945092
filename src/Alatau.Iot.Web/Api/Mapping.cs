using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Api;

/// <summary>From the words of Core to the shapes of the API.</summary>
internal static class Mapping
{
    public static IReadOnlyList<ValueItem> Values(IReadOnlyList<LatestValue> values, MeasurandCatalog catalog, Instant now) =>
    [
        .. values.Select(v => new ValueItem(
            catalog[v.Measurand].Name, v.Value, catalog[v.Measurand].Unit, Words.Of(v.Quality), v.MeasuredAt.ToString(), Age(v.MeasuredAt, now))),
    ];

    public static AssetItem Item(Asset asset, AssetSnapshot? snapshot, MeasurandCatalog catalog, Instant now) => new(
        asset.Id.Site,
        asset.Id.Name,
        asset.DisplayName,
        Words.Of(asset.Kind),
        snapshot is { HasMeasured: true } ? snapshot.LastMeasuredAt.ToString() : null,
        snapshot is { HasMeasured: true } ? Age(snapshot.LastMeasuredAt, now) : null,
        snapshot?.Alarms.Count ?? 0,
        snapshot is null ? [] : Values(snapshot.Values, catalog, now));

    public static AssetDetail Detail(Asset asset, AssetSnapshot? snapshot, MeasurandCatalog catalog, Instant now) => new(
        asset.Id.Site,
        asset.Id.Name,
        asset.DisplayName,
        Words.Of(asset.Kind),
        asset.ReportingInterval?.TotalSeconds,
        asset.RatedPowerWatts,
        asset.Latitude,
        asset.Longitude,
        asset.Attributes,
        asset.IsSelfRegistered,
        snapshot is { HasMeasured: true } ? snapshot.LastMeasuredAt.ToString() : null,
        snapshot?.LastReceivedAt.ToString(),
        snapshot is { HasMeasured: true } ? Age(snapshot.LastMeasuredAt, now) : null,
        snapshot?.ReadingCount ?? 0,
        snapshot is null ? [] : Values(snapshot.Values, catalog, now),
        snapshot is null ? [] : [.. snapshot.Alarms.Select(Alarm)]);

    public static AlarmItem Alarm(AlarmView view) => new(
        view.AlarmId, view.Asset.Site, view.Asset.Name, view.Rule, view.Title, Words.Of(view.Severity), null, Words.Of(view.State), view.ChangedAt.ToString(), view.RaisedAt.ToString(), view.Value, view.By, view.Why);

    public static DeliveryItem Delivery(DeliveryView d) => new(
        d.Number, d.Key, d.Subscription, d.Means, d.Target, Words.Of(d.Kind), d.Title, d.Alarms, Words.Of(d.State), d.CreatedAt.ToString(), d.Attempts, d.TriedAt?.ToString(), d.NextAt?.ToString(), d.Problem, d.Answer);

    public static AlarmItem Alarm(OpenAlarm open) => Alarm(open.Last) with { Value = open.Value };

    public static AlarmItem Alarm(AlarmTransition t) => new(
        t.AlarmId, t.Asset.Site, t.Asset.Name, t.Rule, t.Title, Words.Of(t.Severity), Words.Of(t.From), Words.Of(t.To), t.At.ToString(), t.RaisedAt.ToString(), t.Value, t.By, t.Why);

    public static TotalsItem Totals(SiteTotals t) => new(
        t.LoadWatts, t.GenerationWatts, t.NetImportWatts, t.EnergyImportTodayWattHours, t.EnergyProducedTodayWattHours, t.Assets, t.Reporting, t.OpenAlarms);

    public static TotalsItem City(IReadOnlyList<SiteTotals> sites) => new(
        sites.Sum(s => s.LoadWatts),
        sites.Sum(s => s.GenerationWatts),
        sites.Sum(s => s.NetImportWatts),
        sites.Sum(s => s.EnergyImportTodayWattHours),
        sites.Sum(s => s.EnergyProducedTodayWattHours),
        sites.Sum(s => s.Assets),
        sites.Sum(s => s.Reporting),
        sites.Sum(s => s.OpenAlarms));

    private static double Age(Instant at, Instant now) => Math.Max(0, Math.Round((now - at).TotalSeconds, 3));
}
