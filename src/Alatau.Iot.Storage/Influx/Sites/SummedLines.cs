using System.Text.Json;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>What queries summed, gathered to lines: answers for the same tags and instant become one line.</summary>
internal sealed class SummedLines
{
    private readonly SortedDictionary<(string Head, long At), Dictionary<string, double>> _lines = new(Comparer<(string Head, long At)>.Create(
        (a, b) => string.CompareOrdinal(a.Head, b.Head) is not 0 and var order ? order : a.At.CompareTo(b.At)));

    internal IEnumerable<Dictionary<string, double>> Fields => _lines.Values;

    /// <summary>Adds every row of a series; its columns but the first are fields.</summary>
    /// <param name="at">Of all rows; null when each has its own.</param>
    internal void Add(string measurement, Instant? at, (string Name, string Value)[] tags, JsonElement series)
    {
        Array.Sort(tags, (a, b) => string.CompareOrdinal(a.Name, b.Name));
        string head = measurement + string.Concat(tags.Where(tag => tag.Value.Length > 0).Select(tag => "," + LineProtocol.Escaped(tag.Name) + "=" + LineProtocol.Escaped(tag.Value)));
        string[] columns = [.. series.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!)];
        foreach (var row in series.GetProperty("values").EnumerateArray())
        {
            var key = (head, at?.UnixMilliseconds ?? row[0].GetInt64());
            if (!_lines.TryGetValue(key, out var fields))
            {
                _lines[key] = fields = new Dictionary<string, double>(StringComparer.Ordinal);
            }

            for (int i = 1; i < columns.Length; i++)
            {
                if (row[i].ValueKind == JsonValueKind.Number)
                {
                    fields[columns[i]] = row[i].GetDouble();
                }
            }
        }
    }

    /// <exception cref="StoreException">The database can't be written, or refused a line.</exception>
    internal async Task WriteAsync(InfluxConnection connection, InfluxTier tier, int linesPerRequest, CancellationToken cancellationToken)
    {
        using var buffer = new LineBuffer();
        foreach (var ((head, at), fields) in _lines)
        {
            buffer.Begin(System.Text.Encoding.UTF8.GetBytes(head));
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
                var answer = await connection.WriteAsync(tier, buffer, 0, buffer.Count, cancellationToken);
                if (answer.Verdict != InfluxWriteVerdict.Stored)
                {
                    throw new StoreException($"InfluxDB refused sums: {answer.Words}. Cure: look which field of measurement '{InfluxNames.SiteSum}' or '{InfluxNames.Window}' in database '{tier.Database}' somebody else wrote as a text, and drop it.", isTransient: false);
                }

                buffer.Clear();
            }
        }
    }
}
