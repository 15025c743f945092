using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Turns rows into lines. What belongs to an asset or a measurand is escaped once and kept. Any thread; each brings its own buffer.</summary>
internal sealed class LineEncoder
{
    private static readonly byte[] s_count = Key(InfluxNames.Count);
    private static readonly byte[] s_minimum = Key(InfluxNames.Minimum);
    private static readonly byte[] s_maximum = Key(InfluxNames.Maximum);
    private static readonly byte[] s_mean = Key(InfluxNames.Mean);
    private static readonly byte[] s_last = Key(InfluxNames.Last);
    private static readonly byte[] s_delta = Key(InfluxNames.Delta);
    private static readonly byte[] s_completeness = Key(InfluxNames.Completeness);
    private static readonly byte[] s_revision = Key(InfluxNames.Revision);
    private static readonly byte[] s_quality = Key(InfluxNames.Quality);
    private static readonly byte[] s_yield = Key(InfluxNames.Yield);
    private static readonly byte[] s_measurand = Key(InfluxNames.Measurand);
    private static readonly byte[] s_span = Key(InfluxNames.Span);
    private static readonly byte[] s_rule = Key(InfluxNames.Rule);
    private static readonly byte[] s_severity = Key(InfluxNames.Severity);
    private static readonly byte[] s_fromState = Key(InfluxNames.FromState);
    private static readonly byte[] s_toState = Key(InfluxNames.ToState);
    private static readonly byte[] s_state = Key(InfluxNames.State);
    private static readonly byte[] s_raisedAt = Key(InfluxNames.RaisedAt);
    private static readonly byte[] s_value = Key(InfluxNames.Value);
    private static readonly byte[] s_alarmId = Key(InfluxNames.AlarmId);
    private static readonly byte[] s_title = Key(InfluxNames.Title);
    private static readonly byte[] s_by = Key(InfluxNames.By);
    private static readonly byte[] s_why = Key(InfluxNames.Why);
    private static readonly byte[] s_reading = Encoding.UTF8.GetBytes(InfluxNames.Reading);
    private static readonly byte[] s_window = Encoding.UTF8.GetBytes(InfluxNames.Window);
    private static readonly byte[] s_alarm = Encoding.UTF8.GetBytes(InfluxNames.Alarm);
    private static readonly byte[][] s_spans = [.. WindowSpans.All.ToArray().Select(span => Encoding.UTF8.GetBytes(span.ShortName()))];

    private readonly AssetDirectory _assets;
    private readonly MeasurandId _energyProduced;
    private readonly Fields[] _fields;
    private readonly Lock _gate = new();
    private byte[]?[] _tagsOfAssets = new byte[256][];

    internal LineEncoder(AssetDirectory assets, MeasurandCatalog measurands)
    {
        _assets = assets;
        _energyProduced = measurands.Id("energyProduced");
        _fields = [.. measurands.All.Select(m => new Fields(Key(m.Name), Key(m.Name + InfluxNames.QualitySuffix), Key(m.Name + InfluxNames.BadSuffix), LineProtocol.EscapeName(m.Name)))];
    }

    /// <summary>Encodes readings from <paramref name="next"/> on, one line an asset and instant, until the buffer holds <paramref name="lines"/>.</summary>
    internal void Encode(List<ReadingRow> rows, ref int next, LineBuffer buffer, int lines)
    {
        var span = CollectionsMarshal.AsSpan(rows);
        while (next < span.Length && buffer.Count < lines)
        {
            ref readonly var first = ref span[next];
            buffer.Begin(s_reading);
            buffer.Begin(TagsOf(first.Asset));
            do
            {
                ref readonly var row = ref span[next++];
                var fields = _fields[row.Measurand.Value];
                buffer.Field(row.Quality == Quality.Bad ? fields.Bad : fields.Value, row.Value);
                if (row.Quality is not (Quality.Good or Quality.Bad))
                {
                    buffer.Field(fields.Quality, (double)row.Quality);
                }
            }
            while (next < span.Length && span[next].MeasuredAt == first.MeasuredAt && span[next].Asset == first.Asset);
            buffer.End(first.MeasuredAt.UnixMilliseconds);
        }
    }

    internal void Encode(in WindowRow row, LineBuffer buffer)
    {
        var update = row.Update;
        var summary = update.Summary;
        buffer.Begin(s_window);
        buffer.Begin(TagsOf(row.Asset));
        buffer.Tag(s_measurand, _fields[update.Measurand.Value].Name);
        buffer.Tag(s_span, s_spans[(int)update.Window.Span]);
        buffer.Field(s_count, summary.Count);
        buffer.Field(s_minimum, summary.Minimum);
        buffer.Field(s_maximum, summary.Maximum);
        buffer.Field(s_mean, summary.Mean);
        buffer.Field(s_last, summary.Last);
        buffer.Field(s_delta, summary.Delta);
        buffer.Field(s_completeness, summary.Completeness);
        buffer.Field(s_revision, summary.Revision);
        buffer.Field(s_quality, (double)summary.Quality);
        if (update.Measurand == _energyProduced && PeakWatts(_assets[row.Asset]) is { } peak and > 0)
        {
            buffer.Field(s_yield, summary.Delta / peak);
        }

        buffer.End(update.Window.Start.UnixMilliseconds);
    }

    internal static void Encode(AlarmTransition row, LineBuffer buffer)
    {
        buffer.Begin(s_alarm);
        buffer.Begin(Tags(row.Asset));
        buffer.Tag(s_rule, LineProtocol.EscapeName(row.Rule));
        buffer.Tag(s_severity, LineProtocol.EscapeName(InfluxNames.Of(row.Severity)));
        buffer.Tag(s_fromState, LineProtocol.EscapeName(InfluxNames.Of(row.From)));
        buffer.Tag(s_toState, LineProtocol.EscapeName(InfluxNames.Of(row.To)));
        buffer.Field(s_state, (double)row.To);
        buffer.Field(s_raisedAt, row.RaisedAt.UnixMilliseconds);
        buffer.Field(s_value, row.Value ?? double.NaN);
        buffer.Field(s_alarmId, row.AlarmId);
        buffer.Field(s_title, row.Title);
        buffer.Field(s_by, row.By);
        buffer.Field(s_why, row.Why);
        buffer.End(row.At.UnixMilliseconds);
    }

    private readonly record struct Fields(byte[] Value, byte[] Quality, byte[] Bad, byte[] Name);

    /// <summary>Of the modules, as the fleet says (attribute <c>peakWatts</c>), else the plant's rated power.</summary>
    private static double? PeakWatts(Asset plant) =>
        plant.Attributes.TryGetValue("peakWatts", out string? text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double watts) ? watts : plant.RatedPowerWatts;

    private static byte[] Key(string name) => [.. LineProtocol.EscapeName(name), (byte)'='];

    private static byte[] Tags(AssetId id) =>
        [.. ","u8, .. Key(InfluxNames.Site), .. LineProtocol.EscapeName(id.Site), .. ","u8, .. Key(InfluxNames.Asset), .. LineProtocol.EscapeName(id.Name)];

    /// <summary>Site, name and kind.</summary>
    internal static byte[] Tags(Asset asset) => [.. Tags(asset.Id), .. ","u8, .. Key(InfluxNames.Kind), .. LineProtocol.EscapeName(InfluxNames.Of(asset.Kind))];

    private byte[] TagsOf(AssetHandle asset)
    {
        var known = Volatile.Read(ref _tagsOfAssets);
        return asset.Index < known.Length && known[asset.Index] is { } tags ? tags : Learn(asset);
    }

    private byte[] Learn(AssetHandle asset)
    {
        var known = _assets[asset];
        byte[] tags = Tags(known);
        lock (_gate)
        {
            var all = _tagsOfAssets;
            if (asset.Index >= all.Length)
            {
                Array.Resize(ref all, Math.Max(asset.Index + 1, all.Length * 2));
            }

            all[asset.Index] = tags;
            Volatile.Write(ref _tagsOfAssets, all);
        }

        return tags;
    }
}
