using System.Collections.Concurrent;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Influx.Setup;
using Alatau.Iot.Storage.Influx.Sites;

namespace Alatau.Iot.Storage.Influx;

/// <summary>History in InfluxDB 1.x, 2.x or 3.x: written in line protocol, read in InfluxQL. Names are those of <see cref="InfluxNames"/>.</summary>
/// <remarks>
/// A batch goes out in requests of <see cref="InfluxOptions.LinesPerRequest"/> lines, those of one tier one after another; tiers and batches (<see cref="ParallelWrites"/>) go side by side. The database acknowledges
/// after its own log is written, so that acknowledged rows survive its kill. Lines it refuses are found and handed back with its words (<see cref="LineSender"/>).
/// </remarks>
public sealed partial class InfluxHistoryStore : IHistoryStore
{
    private readonly InfluxOptions _options;
    private readonly InfluxTiers _tiers;
    private readonly MeasurandCatalog _measurands;
    private readonly InfluxConnection _connection;
    private readonly LineEncoder _encoder;
    private readonly Dictionary<string, double> _floors;
    private readonly RevisedWindows _revised = new();
    private readonly ConcurrentQueue<LineBuffer> _buffers = new();
    private readonly SemaphoreSlim _opening = new(1);
    private volatile bool _isOpen;

    /// <param name="options">Where the database is.</param>
    /// <param name="retention">How long each tier is kept.</param>
    /// <param name="assets">Names of handles.</param>
    /// <param name="measurands">Names of measurands.</param>
    /// <param name="clock">Learns from every answer how far the database's clock is from ours; null when nobody asks.</param>
    /// <param name="places">Their floor areas give the energy per area of branches; null when nobody asks.</param>
    public InfluxHistoryStore(InfluxOptions options, RetentionOptions retention, AssetDirectory assets, MeasurandCatalog measurands, DatabaseClock? clock = null, IEnumerable<Place>? places = null)
    {
        (_options, _measurands) = (options, measurands);
        _floors = (places ?? []).Where(p => p.FloorSquareMetres is not null).DistinctBy(p => p.Id).ToDictionary(p => p.Id.ToString(), p => p.FloorSquareMetres!.Value, StringComparer.Ordinal);
        _tiers = new InfluxTiers(options, retention);
        _connection = new InfluxConnection(options, clock);
        _encoder = new LineEncoder(assets, measurands);
    }

    public string Name => "influx";

    internal InfluxTiers Tiers => _tiers;

    /// <summary>What sites are to be summed for.</summary>
    internal TouchedWindows Touched { get; } = new(TimeProvider.System);

    /// <summary>Whether the database was found well since the start.</summary>
    internal bool IsOpen => _isOpen;

    public int ParallelWrites => _options.InFlight;

    /// <inheritdoc/>
    /// <remarks>Asks the version, and whether the databases can be read; those of 1.x that are absent are created with the retention of their tier. Buckets of 2.x are not, nor is any retention changed: that is <see cref="InfluxSetup"/>'s.</remarks>
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
                await new DatabaseServer(_connection).CreateAbsentAsync(_tiers.All, cancellationToken);
            }

            foreach (var tier in _tiers.All)
            {
                await _connection.QueryAsync(tier, InfluxQl.Probe, cancellationToken);
            }

            _isOpen = true;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask OpenToReadAsync(CancellationToken cancellationToken)
    {
        await _connection.DetectAsync(cancellationToken);
        await _connection.QueryAsync(_tiers.Readings, InfluxQl.Probe, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken)
    {
        // Side by side, since each tier's database syncs a log of its own.
        var sends = new List<Task<List<RejectedRow>>>(WindowSpans.Count + 2);
        if (batch.Readings.Count > 0)
        {
            sends.Add(SendAsync(_tiers.Readings, sender => SendReadingsAsync(sender, batch.Readings, cancellationToken)));
        }

        if (batch.Windows.Count > 0)
        {
            bool[]? admitted = _revised.Admit(batch.Windows);
            foreach (var span in WindowSpans.All)
            {
                sends.Add(SendAsync(_tiers[span], sender => SendWindowsAsync(sender, span, batch.Windows, admitted, cancellationToken)));
            }
        }

        if (batch.Transitions.Count > 0)
        {
            sends.Add(SendAsync(_tiers.Alarms, sender => SendTransitionsAsync(sender, batch.Transitions, cancellationToken)));
        }

        // All have ended before the first failure is thrown: the caller reuses the batch.
        var rejected = await Task.WhenAll(sends);
        _revised.Stored(batch.Windows);
        Touched.Touch(batch.Windows);
        return [.. rejected.SelectMany(rows => rows)];
    }

    public async ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken)
    {
        var measurand = _measurands[query.Measurand];
        var series = await _connection.QueryAsync(query.Span is { } span ? _tiers[span] : _tiers.Readings, InfluxQl.Select(query, measurand.Name), cancellationToken);
        var rows = series.SelectMany(s => s.GetProperty("values").EnumerateArray()).ToList();
        var points = rows.Take(query.Limit).Where(row => query.Span is null ? IsWholeReading(row) : IsWholeWindow(row));
        return new SeriesPage(
            [.. points.Select(row => query.Span is null ? ReadingPoint(row) : WindowPointOf(row, measurand))],
            rows.Count > query.Limit ? At(rows[query.Limit]) : null);
    }

    public async ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken)
    {
        var series = await _connection.QueryAsync(_tiers.Alarms, InfluxQl.Select(query), cancellationToken);
        return [.. series.SelectMany(s => s.GetProperty("values").EnumerateArray()).Select(TransitionOf)];
    }

    /// <inheritdoc/>
    /// <remarks>Nothing: the database itself keeps each tier as long as its policy or bucket says, and lets whole shards go. That it says what the settings want is <see cref="InfluxSetup"/>'s.</remarks>
    public ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var tier in _tiers.All)
            {
                await _connection.QueryAsync(tier, InfluxQl.Probe, cancellationToken);
            }

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

    private async Task<List<RejectedRow>> SendAsync(InfluxTier tier, Func<LineSender, Task> send)
    {
        var rejected = new List<RejectedRow>();
        await send(new LineSender(_connection, tier, rejected, Rent, _buffers.Enqueue));
        return rejected;
    }

    private async Task SendReadingsAsync(LineSender sender, List<ReadingRow> rows, CancellationToken cancellationToken)
    {
        var buffer = Rent();
        try
        {
            for (int next = 0; next < rows.Count;)
            {
                _encoder.Encode(rows, ref next, buffer, _options.LinesPerRequest);
                await SendWhenFullAsync(sender, buffer, cancellationToken);
            }

            await sender.SendAsync(buffer, 0, buffer.Count, cancellationToken);
        }
        finally
        {
            _buffers.Enqueue(buffer);
        }
    }

    private async Task SendWindowsAsync(LineSender sender, WindowSpan span, List<WindowRow> rows, bool[]? admitted, CancellationToken cancellationToken)
    {
        var buffer = Rent();
        try
        {
            for (int i = 0; i < rows.Count; i++)
            {
                if (rows[i].Update.Window.Span == span && (admitted is null || admitted[i]))
                {
                    _encoder.Encode(rows[i], buffer);
                    await SendWhenFullAsync(sender, buffer, cancellationToken);
                }
            }

            await sender.SendAsync(buffer, 0, buffer.Count, cancellationToken);
        }
        finally
        {
            _buffers.Enqueue(buffer);
        }
    }

    private async Task SendTransitionsAsync(LineSender sender, List<AlarmTransition> rows, CancellationToken cancellationToken)
    {
        var buffer = Rent();
        try
        {
            foreach (var transition in rows)
            {
                LineEncoder.Encode(transition, buffer);
                await SendWhenFullAsync(sender, buffer, cancellationToken);
            }

            await sender.SendAsync(buffer, 0, buffer.Count, cancellationToken);
        }
        finally
        {
            _buffers.Enqueue(buffer);
        }
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

    private static SeriesPoint WindowPointOf(JsonElement row, Measurand measurand) => SummaryOf(row).ToPoint(At(row), measurand.Kind);

    private static WindowSummary SummaryOf(JsonElement row) =>
        new((int)Number(row[1]), Number(row[2]), Number(row[3]), Number(row[4]), Number(row[5]), Number(row[6]), (float)Number(row[7]), (ushort)Number(row[8]), (Quality)Number(row[9]));

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
