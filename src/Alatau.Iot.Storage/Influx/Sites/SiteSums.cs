using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>Sums the windows of a stretch of time by site, kind and measurand, from what the database holds, and writes them beside the windows (measurement <c>site</c>).</summary>
/// <remarks>The database's own rows are summed, so that the sum is that of the latest revisions, whatever order they came in.</remarks>
internal sealed class SiteSums(InfluxConnection connection, InfluxTiers tiers, int linesPerRequest)
{
    private static readonly byte[] s_site = LineProtocol.EscapeName(InfluxNames.SiteSum);

    internal async Task SumAsync(WindowSpan span, Instant from, Instant to, CancellationToken cancellationToken)
    {
        var lines = new SortedDictionary<(long At, string Site, string Kind, string Measurand), Dictionary<string, double>>();
        foreach (string statement in (string[])[InfluxQl.SumBySite(span, from, to), InfluxQl.PositiveBySite(span, from, to)])
        {
            foreach (var series in await connection.QueryAsync(tiers[span], statement, cancellationToken))
            {
                var tags = series.GetProperty("tags");
                string[] columns = [.. series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)];
                foreach (var row in series.GetProperty("values").EnumerateArray())
                {
                    var key = (row[0].GetInt64(), Tag(InfluxNames.Site), Tag(InfluxNames.Kind), Tag(InfluxNames.Measurand));
                    if (!lines.TryGetValue(key, out var fields))
                    {
                        lines[key] = fields = new Dictionary<string, double>(StringComparer.Ordinal);
                    }

                    for (int i = 1; i < columns.Length; i++)
                    {
                        if (row[i].ValueKind == System.Text.Json.JsonValueKind.Number)
                        {
                            fields[columns[i]] = row[i].GetDouble();
                        }
                    }
                }

                string Tag(string name) => tags.GetProperty(name).GetString()!;
            }
        }

        await WriteAsync(span, lines, cancellationToken);
    }

    private async Task WriteAsync(WindowSpan span, SortedDictionary<(long At, string Site, string Kind, string Measurand), Dictionary<string, double>> lines, CancellationToken cancellationToken)
    {
        using var buffer = new LineBuffer();
        foreach (var ((at, site, kind, measurand), fields) in lines)
        {
            buffer.Begin(s_site);
            buffer.Tag(PlatformLines.Key(InfluxNames.Site), LineProtocol.EscapeName(site));
            buffer.Tag(PlatformLines.Key(InfluxNames.Kind), LineProtocol.EscapeName(kind));
            buffer.Tag(PlatformLines.Key(InfluxNames.Measurand), LineProtocol.EscapeName(measurand));
            buffer.Tag(PlatformLines.Key(InfluxNames.Span), LineProtocol.EscapeName(span.ShortName()));
            foreach (var (name, value) in fields)
            {
                buffer.Field(PlatformLines.Key(name), value);
            }

            buffer.End(at);
            if (buffer.Count == linesPerRequest)
            {
                await SendAsync();
            }
        }

        await SendAsync();

        async Task SendAsync()
        {
            if (buffer.Count > 0)
            {
                var answer = await connection.WriteAsync(tiers[span], buffer, 0, buffer.Count, cancellationToken);
                if (answer.Verdict != InfluxWriteVerdict.Stored)
                {
                    throw new Core.History.StoreException($"InfluxDB refused sums of sites: {answer.Words}. Cure: look which field of measurement '{InfluxNames.SiteSum}' in database '{tiers[span].Database}' somebody else wrote as a text, and drop it.", isTransient: false);
                }

                buffer.Clear();
            }
        }
    }
}
