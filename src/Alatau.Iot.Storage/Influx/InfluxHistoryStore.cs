using System.Collections.Concurrent;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx;

/// <summary>History in InfluxDB 1.x, 2.x or 3.x: written in line protocol, read in InfluxQL. Names are those of <see cref="InfluxNames"/>.</summary>
/// <remarks>
/// A batch goes out in requests of <see cref="InfluxOptions.LinesPerRequest"/> lines one after another; what runs side by side are batches (<see cref="ParallelWrites"/>). The database acknowledges
/// after its own log is written, so that acknowledged rows survive its kill. Lines it refuses are found and handed back with its words (<see cref="LineSender"/>).
/// </remarks>
public sealed class InfluxHistoryStore : IHistoryStore
{
    private static readonly TimeSpan s_retentionPause = TimeSpan.FromMinutes(55);

    private readonly InfluxOptions _options;
    private readonly RetentionOptions _retention;
    private readonly MeasurandCatalog _measurands;
    private readonly InfluxConnection _connection;
    private readonly LineEncoder _encoder;
    private readonly RevisedWindows _revised = new();
    private readonly ConcurrentQueue<LineBuffer> _buffers = new();
    private readonly SemaphoreSlim _opening = new(1);
    private Instant _retentionEnforcedAt = Instant.MinValue;
    private volatile bool _isOpen;

    /// <param name="options">Where the database is.</param>
    /// <param name="retention">How long each tier is kept.</param>
    /// <param name="assets">Names of handles.</param>
    /// <param name="measurands">Names of measurands.</param>
    public InfluxHistoryStore(InfluxOptions options, RetentionOptions retention, AssetDirectory assets, MeasurandCatalog measurands)
    {
        (_options, _retention, _measurands) = (options, retention, measurands);
        _connection = new InfluxConnection(options);
        _encoder = new LineEncoder(assets, measurands);
    }

    public string Name => "influx";

    public int ParallelWrites => _options.InFlight;

    /// <inheritdoc/>
    /// <remarks>Asks the version, and whether the database can be read; a database of 1.x that is absent is created. A bucket of 2.x is not: it needs an organisation's rights.</remarks>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
        {
            return;
        }

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_isOpen)
            {
                return;
            }

            await _connection.DetectAsync(cancellationToken);
            if (!_connection.IsV2)
            {
                // Does nothing when it is there.
                await _connection.QueryAsync(InfluxQl.CreateDatabase(_options.Database), cancellationToken);
            }

            await _connection.QueryAsync(InfluxQl.Probe, cancellationToken);
            _isOpen = true;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        var buffer = Rent();
        try
        {
            var sender = new LineSender(_connection, Rent, _buffers.Enqueue);
            for (int next = 0; next < batch.Readings.Count;)
            {
                _encoder.Encode(batch.Readings, ref next, buffer, _options.LinesPerRequest);
                await SendWhenFullAsync(sender, buffer, cancellationToken);
            }

            bool[]? admitted = _revised.Admit(batch.Windows);
            for (int i = 0; i < batch.Windows.Count; i++)
            {
                if (admitted is null || admitted[i])
                {
                    _encoder.Encode(batch.Windows[i], buffer);
                    await SendWhenFullAsync(sender, buffer, cancellationToken);
                }
            }

            foreach (var transition in batch.Transitions)
            {
                LineEncoder.Encode(transition, buffer);
                await SendWhenFullAsync(sender, buffer, cancellationToken);
            }

            await sender.SendAsync(buffer, 0, buffer.Count, cancellationToken);
            _revised.Stored(batch.Windows);
            return sender.Rejected;
        }
        finally
        {
            _buffers.Enqueue(buffer);
        }
    }

    public async ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken)
    {
        var measurand = _measurands[query.Measurand];
        var series = await _connection.QueryAsync(InfluxQl.Select(query, measurand.Name), cancellationToken);
        var rows = series.SelectMany(s => s.GetProperty("values").EnumerateArray()).ToList();
        var points = rows.Take(query.Limit).Where(row => query.Span is null ? IsWholeReading(row) : IsWholeWindow(row));
        return new SeriesPage(
            [.. points.Select(row => query.Span is null ? ReadingPoint(row) : WindowPointOf(row, measurand))],
            rows.Count > query.Limit ? At(rows[query.Limit]) : null);
    }

    public async ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken)
    {
        var series = await _connection.QueryAsync(InfluxQl.Select(query), cancellationToken);
        return [.. series.SelectMany(s => s.GetProperty("values").EnumerateArray()).Select(TransitionOf)];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Deletes by time, measurement and span with InfluxQL, at most once an hour; <c>ledger</c> and <c>platform</c> live as long as one-minute windows. The database's own retention (policy or bucket) must be as long as the longest tier, or for ever, since it knows no tiers;
    /// InfluxDB 3 Core can't delete: there the bucket's retention is the only one.
    /// </remarks>
    public async ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken)
    {
        if (now >= _retentionEnforcedAt && _retentionEnforcedAt != Instant.MinValue && now - _retentionEnforcedAt < s_retentionPause)
        {
            return 0;
        }

        foreach (var (days, measurement, span) in ((int, string, WindowSpan?)[])[
            (_retention.RawDays, InfluxNames.Reading, null),
            (_retention.OneMinuteDays, InfluxNames.Window, WindowSpan.OneMinute),
            (_retention.QuarterHourDays, InfluxNames.Window, WindowSpan.QuarterHour),
            (_retention.OneHourDays, InfluxNames.Window, WindowSpan.OneHour),
            (_retention.AlarmDays, InfluxNames.Alarm, null),
            (_retention.OneMinuteDays, InfluxNames.Ledger, null),
            (_retention.OneMinuteDays, InfluxNames.Platform, null)])
        {
            if (days > 0)
            {
                await _connection.QueryAsync(InfluxQl.DeleteBefore(measurement, now - TimeSpan.FromDays(days), span), cancellationToken);
            }
        }

        _retentionEnforcedAt = now;
        return 0;
    }

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _connection.QueryAsync(InfluxQl.Probe, cancellationToken);
            return null;
        }
        catch (StoreException exception)
        {
            return exception.Message;
        }
    }

    public ValueTask DisposeAsync()
    {
        _connection.Dispose();
        _opening.Dispose();
        while (_buffers.TryDequeue(out var buffer))
        {
            buffer.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private LineBuffer Rent()
    {
        if (!_buffers.TryDequeue(out var buffer))
        {
            return new LineBuffer();
        }

        buffer.Clear();
        return buffer;
    }

    private async ValueTask SendWhenFullAsync(LineSender sender, LineBuffer buffer, CancellationToken cancellationToken)
    {
        if (buffer.Count >= _options.LinesPerRequest)
        {
            await sender.SendAsync(buffer, 0, buffer.Count, cancellationToken);
            buffer.Clear();
        }
    }

    /// <summary>A database that is just writing a point shows it field by field; it is a point once it is whole.</summary>
    private static bool IsWholeReading(JsonElement row) => row[1].ValueKind != JsonValueKind.Null || row[3].ValueKind != JsonValueKind.Null;

    /// <inheritdoc cref="IsWholeReading"/>
    /// <remarks>Completeness alone may be absent for good: where the reporting interval isn't known.</remarks>
    private static bool IsWholeWindow(JsonElement row)
    {
        const int Fields = 9;
        const int Completeness = 7;
        for (int field = 1; field <= Fields; field++)
        {
            if (field != Completeness && row[field].ValueKind == JsonValueKind.Null)
            {
                return false;
            }
        }

        return true;
    }

    private static SeriesPoint ReadingPoint(JsonElement row)
    {
        double value = Number(row[1]);
        return double.IsNaN(value)
            ? new SeriesPoint(At(row), Number(row[3]), Quality.Bad, null)
            : new SeriesPoint(At(row), value, row[2].ValueKind == JsonValueKind.Null ? Quality.Good : (Quality)row[2].GetDouble(), null);
    }

    private static SeriesPoint WindowPointOf(JsonElement row, Measurand measurand)
    {
        var summary = new WindowSummary((int)Number(row[1]), Number(row[2]), Number(row[3]), Number(row[4]), Number(row[5]), Number(row[6]), (float)Number(row[7]), (ushort)Number(row[8]), (Quality)Number(row[9]));
        return summary.ToPoint(At(row), measurand.Kind);
    }

    private static AlarmTransition TransitionOf(JsonElement row) => new(
        Text(row[1]),
        AssetId.Of(Text(row[7]), Text(row[8])),
        Text(row[9]),
        Text(row[4]),
        InfluxNames.SeverityOf(Text(row[10])),
        InfluxNames.StateOf(Text(row[11])),
        InfluxNames.StateOf(Text(row[12])),
        At(row),
        new Instant((long)Number(row[2])),
        row[3].ValueKind == JsonValueKind.Null ? null : row[3].GetDouble(),
        Text(row[5]),
        Text(row[6]));

    private static Instant At(JsonElement row) => new(row[0].GetInt64());

    private static double Number(JsonElement element) => element.ValueKind == JsonValueKind.Null ? double.NaN : element.GetDouble();

    private static string Text(JsonElement element) => element.GetString() ?? "";
}
