using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx;

/// <content>Branches of the topology. The database overwrites without looking at revisions: whoever writes them writes in order.</content>
public sealed partial class InfluxHistoryStore : IRollUpStore
{
    private static readonly byte[] s_topology = LineProtocol.EscapeName(InfluxNames.Topology);

    public async ValueTask WriteRollUpsAsync(IReadOnlyList<RollUpRow> rows, CancellationToken cancellationToken)
    {
        if (!_isOpen)
        {
            throw new StoreException("InfluxDB was not found well yet.", isTransient: true);
        }

        foreach (var ofSpan in rows.GroupBy(row => row.Window.Span))
        {
            using var buffer = new LineBuffer();
            foreach (var row in ofSpan)
            {
                Encode(in row, buffer);
                if (buffer.Count >= _options.LinesPerRequest)
                {
                    await SendRollUpsAsync(ofSpan.Key, buffer, cancellationToken);
                }
            }

            await SendRollUpsAsync(ofSpan.Key, buffer, cancellationToken);
        }
    }

    public async ValueTask<RollUpPage> ReadRollUpsAsync(RollUpQuery query, CancellationToken cancellationToken)
    {
        var series = await _connection.QueryAsync(_tiers[query.Span], InfluxQl.Select(query, _measurands[query.Measurand].Name), cancellationToken);
        var rows = series.SelectMany(s => s.GetProperty("values").EnumerateArray()).ToList();

        // A database that is just writing a point shows it field by field.
        var points = rows.Take(query.Limit).Where(row => row[5].ValueKind != JsonValueKind.Null && row[11].ValueKind != JsonValueKind.Null).Select(row => new RollUpPoint(At(row), new RollUpSummary(
            Number(row[1]),
            Number(row[2]),
            Number(row[3]),
            Number(row[4]),
            (int)Number(row[5]),
            (int)Number(row[6]),
            (int)Number(row[7]),
            (int)Number(row[8]),
            Number(row[9]),
            (int)Number(row[10]),
            (Quality)Number(row[11]))));
        return new RollUpPage([.. points], rows.Count > query.Limit ? At(rows[query.Limit]) : null);
    }

    public async ValueTask ReadWindowsAsync(MeasurandId measurand, WindowSpan span, Instant from, Instant to, Action<AssetId, Instant, WindowSummary> visit, CancellationToken cancellationToken)
    {
        foreach (var series in await _connection.QueryAsync(_tiers[span], InfluxQl.SelectOfAll(_measurands[measurand].Name, span, from, to), cancellationToken))
        {
            var tags = series.GetProperty("tags");
            if (!AssetId.TryOf(tags.GetProperty(InfluxNames.Site).GetString(), tags.GetProperty(InfluxNames.Asset).GetString(), out var asset))
            {
                continue;
            }

            foreach (var row in series.GetProperty("values").EnumerateArray().Where(IsWholeWindow))
            {
                visit(asset, At(row), SummaryOf(row));
            }
        }
    }

    private async Task SendRollUpsAsync(WindowSpan span, LineBuffer buffer, CancellationToken cancellationToken)
    {
        if (buffer.Count == 0)
        {
            return;
        }

        var answer = await _connection.WriteAsync(_tiers[span], buffer, 0, buffer.Count, cancellationToken);
        if (answer.Verdict != InfluxWriteVerdict.Stored)
        {
            throw new StoreException($"InfluxDB refused branches of the topology: {answer.Words}. Cure: look which field of measurement '{InfluxNames.Topology}' in database '{_tiers[span].Database}' somebody else wrote as a text, and drop it.", isTransient: false);
        }

        buffer.Clear();
    }

    private void Encode(in RollUpRow row, LineBuffer buffer)
    {
        var summary = row.Summary;
        var measurand = _measurands[row.Measurand];
        buffer.Begin(s_topology);
        buffer.Tag(PlatformLines.Key(InfluxNames.Level), LineProtocol.EscapeName(InfluxNames.Of(row.Kind)));
        buffer.Tag(PlatformLines.Key(InfluxNames.Kind), LineProtocol.EscapeName(InfluxNames.Of(row.Members)));
        buffer.Tag(PlatformLines.Key(InfluxNames.Measurand), LineProtocol.EscapeName(measurand.Name));
        buffer.Tag(PlatformLines.Key(InfluxNames.Node), LineProtocol.EscapeName(row.Node));
        buffer.Tag(PlatformLines.Key(InfluxNames.Span), LineProtocol.EscapeName(row.Window.Span.ShortName()));
        buffer.Field(PlatformLines.Key(InfluxNames.Sum), summary.Sum);
        buffer.Field(PlatformLines.Key(InfluxNames.Mean), summary.Mean);
        buffer.Field(PlatformLines.Key(InfluxNames.Minimum), summary.Minimum);
        buffer.Field(PlatformLines.Key(InfluxNames.Maximum), summary.Maximum);
        buffer.Field(PlatformLines.Key(InfluxNames.Members), summary.Members);
        buffer.Field(PlatformLines.Key(InfluxNames.Expected), summary.Expected);
        buffer.Field(PlatformLines.Key(InfluxNames.Estimated), summary.Estimated);
        buffer.Field(PlatformLines.Key(InfluxNames.Readings), summary.Readings);
        buffer.Field(PlatformLines.Key(InfluxNames.Completeness), summary.Completeness);
        buffer.Field(PlatformLines.Key(InfluxNames.Revision), summary.Revision);
        buffer.Field(PlatformLines.Key(InfluxNames.Quality), (double)summary.Quality);
        if (measurand is { Kind: MeasurandKind.Counter, Unit: "Wh" } && _floors.TryGetValue(row.Node, out double squareMetres))
        {
            buffer.Field(PlatformLines.Key(InfluxNames.PerArea), summary.Sum / squareMetres);
        }

        buffer.End(row.Window.Start.UnixMilliseconds);
    }
}
