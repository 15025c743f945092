using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Turns the ledger and the samples of one scrape into lines of <c>ledger</c> and <c>platform</c>. One thread.</summary>
internal sealed class PlatformLines : IMetricWriter
{
    private static readonly byte[] s_asset = Encoding.UTF8.GetBytes(InfluxNames.Asset);
    private static readonly byte[] s_latitude = Key(InfluxNames.Latitude);
    private static readonly byte[] s_longitude = Key(InfluxNames.Longitude);
    private static readonly byte[] s_alarms = Key(InfluxNames.Alarms);
    private static readonly byte[] s_age = Key(InfluxNames.Age);
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

    /// <summary>Adds an asset as maps show it: where it is and how it is doing.</summary>
    /// <param name="asset">Has coordinates.</param>
    /// <param name="snapshot">Null when it was never heard.</param>
    internal static void WritePlace(Asset asset, AssetSnapshot? snapshot, Instant at, LineBuffer buffer)
    {
        buffer.Begin(s_asset);
        buffer.Begin(LineEncoder.Tags(asset));
        buffer.Field(s_latitude, asset.Latitude ?? double.NaN);
        buffer.Field(s_longitude, asset.Longitude ?? double.NaN);
        if (snapshot is { HasMeasured: true })
        {
            buffer.Field(s_alarms, snapshot.Alarms.Count);
            buffer.Field(s_age, (at - snapshot.LastMeasuredAt).TotalSeconds);
        }

        buffer.End(at.UnixMilliseconds);
    }

    /// <summary>A tag's or field's name with its equals sign.</summary>
    internal static byte[] Key(string name) => [.. LineProtocol.EscapeName(name), (byte)'='];
}
