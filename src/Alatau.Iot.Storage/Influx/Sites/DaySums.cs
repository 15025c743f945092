using System.Text.Json;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>Makes the local days of a site's assets, and of the site's sums, out of the hours the database holds, and writes them into a tier of their own: a year of a city is then 365 rows a series.</summary>
/// <remarks>The same rule as of the API's days: minima, maxima, deltas and counts of the parts, their mean weighted by count, completeness against the parts that have ended by now. Parts are hours, or quarter hours where midnight falls on no full hour of UTC.</remarks>
internal sealed class DaySums(InfluxConnection connection, InfluxTiers tiers, int linesPerRequest)
{
    private const string Weighted = "weighted";

    internal async Task<IReadOnlyList<string>> SitesAsync(CancellationToken cancellationToken) => await ValuesAsync(WindowSpan.OneHour, InfluxQl.SitesOfWindows, cancellationToken);

    /// <summary>Makes one day of one site.</summary>
    internal async Task SumAsync(string site, LocalDay day, Instant now, CancellationToken cancellationToken)
    {
        var span = day.Start.UnixMilliseconds % WindowSpan.OneHour.Milliseconds() == 0 && day.End.UnixMilliseconds % WindowSpan.OneHour.Milliseconds() == 0 ? WindowSpan.OneHour : WindowSpan.QuarterHour;
        double due = Math.Ceiling((Instant.Min(day.End, now) - day.Start).TotalMilliseconds / span.Milliseconds());
        var lines = new SummedLines();
        foreach (string measurand in await ValuesAsync(span, InfluxQl.MeasurandsOfWindows(site), cancellationToken))
        {
            foreach (string statement in (string[])[InfluxQl.DayOfAssets(site, measurand, span, day), InfluxQl.WeightedDayOfAssets(site, measurand, span, day)])
            {
                foreach (var series in await connection.QueryAsync(tiers[span], statement, cancellationToken))
                {
                    lines.Add(InfluxNames.Window, day.Start, Tags(series, site, (InfluxNames.Measurand, measurand)), series);
                }
            }
        }

        foreach (var series in await connection.QueryAsync(tiers[span], InfluxQl.DayOfSite(site, span, day), cancellationToken))
        {
            lines.Add(InfluxNames.SiteSum, day.Start, Tags(series, site), series);
        }

        foreach (var fields in lines.Fields)
        {
            Finish(fields, due);
        }

        await lines.WriteAsync(connection, tiers.Days, linesPerRequest, cancellationToken);
    }

    private static void Finish(Dictionary<string, double> fields, double due)
    {
        if (fields.Remove(Weighted, out double weighted) && fields.TryGetValue(InfluxNames.Count, out double count) && count > 0)
        {
            fields[InfluxNames.Mean] = weighted / count;
        }

        // Of a site, both completeness and the number of assets judged are sums.
        if (fields.Remove(InfluxNames.Parts, out double parts) && fields.TryGetValue(InfluxNames.Completeness, out double completeness))
        {
            fields[InfluxNames.Completeness] = Math.Min(1, completeness / Math.Max(parts, due));
        }
    }

    private static (string Name, string Value)[] Tags(JsonElement series, string site, params ReadOnlySpan<(string Name, string Value)> more) =>
        [(InfluxNames.Site, site), (InfluxNames.Span, InfluxNames.DaySpan), .. more, .. series.GetProperty("tags").EnumerateObject().Select(tag => (tag.Name, tag.Value.GetString()!))];

    private async Task<IReadOnlyList<string>> ValuesAsync(WindowSpan span, string statement, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync(tiers[span], statement, cancellationToken)).SelectMany(series => series.GetProperty("values").EnumerateArray()).Select(row => row[1].GetString()!)];
}
