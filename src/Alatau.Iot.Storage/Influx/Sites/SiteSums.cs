using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>Sums the windows of a stretch of time by site, kind and measurand, from what the database holds, and writes them beside the windows (measurement <c>site</c>).</summary>
/// <remarks>The database's own rows are summed, so that the sum is that of the latest revisions, whatever order they came in.</remarks>
internal sealed class SiteSums(InfluxConnection connection, InfluxTiers tiers, int linesPerRequest)
{
    internal async Task SumAsync(WindowSpan span, Instant from, Instant to, CancellationToken cancellationToken)
    {
        var lines = new SummedLines();
        foreach (string statement in (string[])[InfluxQl.SumBySite(span, from, to), InfluxQl.PositiveBySite(span, from, to)])
        {
            foreach (var series in await connection.QueryAsync(tiers[span], statement, cancellationToken))
            {
                lines.Add(InfluxNames.SiteSum, at: null, [(InfluxNames.Span, span.ShortName()), .. series.GetProperty("tags").EnumerateObject().Select(tag => (tag.Name, tag.Value.GetString()!))], series);
            }
        }

        await lines.WriteAsync(connection, tiers[span], linesPerRequest, cancellationToken);
    }
}
