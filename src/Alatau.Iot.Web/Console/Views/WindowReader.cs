using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Api;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>The latest windows of a measurand out of the store.</summary>
internal sealed class WindowReader(IHistoryStore store, TimeProvider clock)
{
    /// <summary>Most windows in the table.</summary>
    private const int Listed = 48;

    /// <returns>The windows, newest first; when the store doesn't answer none, and why.</returns>
    public async Task<(IReadOnlyList<WindowRowView> Rows, string? Problem)> LatestAsync(AssetId asset, Measurand measurand, WindowSpan span, TimeZoneInfo zone, CancellationToken cancellationToken)
    {
        var now = Instant.Now(clock);
        var from = now - (Listed * TimeSpan.FromMilliseconds(span.Milliseconds()));
        try
        {
            var page = await store.ReadSeriesAsync(new SeriesQuery(asset, measurand.Id, from, now + TimeSpan.FromMilliseconds(1), span, Listed + 1), cancellationToken);
            return ([.. page.Points.Reverse().Take(Listed).Where(p => p.Summary is not null).Select(p => Row(p, measurand, zone, now))], null);
        }
        catch (StoreException e)
        {
            return ([], e.Message);
        }
    }

    private static WindowRowView Row(SeriesPoint point, Measurand measurand, TimeZoneInfo zone, Instant now)
    {
        var summary = point.Summary!.Value;
        string Text(double value) => Figure.Of(value, measurand.Unit).ToString();
        return new WindowRowView(
            string.Create(CultureInfo.InvariantCulture, $"w{point.At.UnixMilliseconds}"),
            LocalTime.Minute(point.At, zone, now),
            Figure.Count(summary.Count),
            Text(summary.Mean),
            Text(summary.Minimum),
            Text(summary.Maximum),
            measurand.Kind == MeasurandKind.Counter ? Text(summary.Delta) : "",
            float.IsNaN(summary.Completeness) ? "" : Math.Floor(summary.Completeness * 100).ToString(CultureInfo.InvariantCulture) + "\u00a0%",
            summary.Completeness < 0.995f,
            summary.Revision == 0 ? "" : summary.Revision.ToString(CultureInfo.InvariantCulture),
            summary.Quality == Quality.Good ? "" : Words.Of(summary.Quality));
    }
}
