using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Turns the ledger and the samples of one scrape into lines of <c>ledger</c> and <c>platform</c>. One thread.</summary>
internal sealed class PlatformLines : IMetricWriter
{
    private static readonly byte[] s_asset = Encoding.UTF8.GetBytes(InfluxNames.Asset);
    private static readonly byte[] s_latitude = Key(InfluxNames.Latitude);
    private static readonly byte[] s_longitude = Key(InfluxNames.Longitude);
    private static readonly byte[] s_ledger = Encoding.UTF8.GetBytes(InfluxNames.Ledger);
    private static readonly byte[] s_route = Key(InfluxNames.Route);
    private static readonly byte[] s_received = Key(InfluxNames.Received);
    private static readonly byte[] s_stored = Key(InfluxNames.Stored);
    private static readonly byte[] s_duplicate = Key(InfluxNames.Duplicate);
    private static readonly byte[] s_quarantined = Key(InfluxNames.Quarantined);
    private static readonly byte[] s_waiting = Key(InfluxNames.Waiting);
    private static readonly byte[] s_unaccounted = Key(InfluxNames.Unaccounted);

    // Samples of the same labels share a line.
    private readonly SortedDictionary<string, Dictionary<string, double>> _samples = new(StringComparer.Ordinal);

    public void Counter(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels) => Gauge(name, help, value, labels);

    public void Gauge(string name, string help, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var head = new StringBuilder(InfluxNames.Platform);
        foreach (var (label, text) in labels)
        {
            // A tag without a value is none to InfluxDB.
            if (text.Length > 0)
            {
                head.Append(',').Append(LineProtocol.Escaped(label)).Append('=').Append(LineProtocol.Escaped(text));
            }
        }

        string key = head.ToString();
        if (!_samples.TryGetValue(key, out var fields))
        {
            _samples[key] = fields = new Dictionary<string, double>(StringComparer.Ordinal);
        }

        fields[name] = value;
    }

    /// <summary>Adds the lines of one instant to <paramref name="buffer"/>.</summary>
    internal void Write(Ledger ledger, IEnumerable<IMetricSource> sources, Instant at, LineBuffer buffer)
    {
        var routes = ledger.Routes;
        for (byte route = 0; route < routes.Count; route++)
        {
            var entry = ledger.Read(route);
            buffer.Begin(s_ledger);
            buffer.Tag(s_route, LineProtocol.EscapeName(routes[route]));
            buffer.Field(s_received, entry.Received);
            buffer.Field(s_stored, entry.Stored);
            buffer.Field(s_duplicate, entry.Duplicate);
            buffer.Field(s_quarantined, entry.Quarantined);
            buffer.Field(s_waiting, entry.Waiting);
            buffer.Field(s_unaccounted, entry.Unaccounted);
            buffer.End(at.UnixMilliseconds);
        }

        _samples.Clear();
        foreach (var source in sources)
        {
            source.WriteMetrics(this);
        }

        foreach (var (head, fields) in _samples)
        {
            buffer.Begin(Encoding.UTF8.GetBytes(head));
            foreach (var (name, value) in fields)
            {
                buffer.Field(Key(name), value);
            }

            buffer.End(at.UnixMilliseconds);
        }
    }

    /// <summary>Adds where assets are, for maps: from <paramref name="next"/> on those whose coordinates are known, until the buffer holds <paramref name="lines"/>.</summary>
    internal static void WritePlaces(AssetDirectory assets, ref int next, Instant at, LineBuffer buffer, int lines)
    {
        var all = assets.Snapshot();
        while (next < all.Length && buffer.Count < lines)
        {
            var asset = all[next++];
            if (asset is { Latitude: { } latitude, Longitude: { } longitude })
            {
                buffer.Begin(s_asset);
                buffer.Begin(LineEncoder.Tags(asset));
                buffer.Field(s_latitude, latitude);
                buffer.Field(s_longitude, longitude);
                buffer.End(at.UnixMilliseconds);
            }
        }
    }

    /// <summary>A tag's or field's name with its equals sign.</summary>
    internal static byte[] Key(string name) => [.. LineProtocol.EscapeName(name), (byte)'='];
}
