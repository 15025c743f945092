using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Console.Plots;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Draws what an asset measured, with the limits of the rules that judge it.</summary>
internal sealed class AssetPlots(AlarmReader alarms, IHistoryStore store, TimeProvider clock)
{
    private const int MaximumPoints = 20_000;

    /// <summary>Windows stand at their middle.</summary>
    private const long HalfWindow = 450_000;

    /// <summary>The last hour of readings, or the last day of quarter hours.</summary>
    /// <returns>Without a plot: why.</returns>
    public Task<(Plot? Plot, string? Problem)> LatestAsync(Asset asset, Measurand measurand, bool isDay, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var now = Instant.Now(clock);
        var limits = alarms.LimitsOf(asset, measurand).Select(l => new PlotLimit(l.At, l.Rule.Title)).ToArray();
        return isDay
            ? ReadAsync(asset, measurand, WindowSpan.QuarterHour, "last 24 hours", now - TimeSpan.FromDays(1), now, zone, limits, [], cancellationToken)
            : ReadAsync(asset, measurand, null, "last hour", now - TimeSpan.FromHours(1), now, zone, limits, [], cancellationToken);
    }

    /// <summary>An hour of readings with the limits of one rule, where it raises and where it returns.</summary>
    public Task<(Plot? Plot, string? Problem)> HourAsync(
        Asset asset, Measurand measurand, string rule, string name, Instant from, TimeZoneInfo zone, IReadOnlyList<PlotMark> marks, CancellationToken cancellationToken)
    {
        var limits = new List<PlotLimit>();
        foreach (var limit in alarms.LimitsOf(asset, measurand).Where(l => l.Rule.Name == rule))
        {
            limits.Add(new PlotLimit(limit.At, $"{(limit.IsHigh ? "alarm at or above" : "alarm at or below")} {Figure.Of(limit.At, measurand.Unit)}", IsLabelBelow: !limit.IsHigh));
            if (limit.ReturnsAt != limit.At)
            {
                limits.Add(new PlotLimit(limit.ReturnsAt, $"{(limit.IsHigh ? "normal below" : "normal above")} {Figure.Of(limit.ReturnsAt, measurand.Unit)}", IsReturn: true, IsLabelBelow: limit.IsHigh));
            }
        }

        return ReadAsync(asset, measurand, null, name, from, from + TimeSpan.FromHours(1), zone, limits, marks, cancellationToken);
    }

    private async Task<(Plot? Plot, string? Problem)> ReadAsync(
        Asset asset, Measurand measurand, WindowSpan? span, string name, Instant from, Instant to, TimeZoneInfo zone, IReadOnlyList<PlotLimit> limits, IReadOnlyList<PlotMark> marks, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ReadSeriesAsync(new SeriesQuery(asset.Id, measurand.Id, from, to + TimeSpan.FromMilliseconds(1), span, MaximumPoints), cancellationToken);
            var points = page.Points
                .Where(p => p.Quality != Quality.Bad)
                .Select(p => new PlotPoint(p.At.UnixMilliseconds + (span is null ? 0 : HalfWindow), p.Value)).ToArray();
            var gap = span is null ? 5 * (asset.ReportingInterval ?? TimeSpan.FromMinutes(1)) : TimeSpan.FromMinutes(35);
            bool isPower = measurand.Unit is "W" or "VA" or "Wh";
            var series = new PlotSeries(Names.Of(measurand), "load", false, points);
            return (new Plot($"{Names.Of(measurand)} of {asset.DisplayName}, {name}", measurand.Unit, from, to, zone, [series], limits, gap, fromZero: isPower && measurand.Kind == MeasurandKind.Gauge, marks), null);
        }
        catch (StoreException e)
        {
            return (null, e.Message);
        }
    }
}
