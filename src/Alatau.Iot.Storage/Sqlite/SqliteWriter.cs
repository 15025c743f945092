using System.Globalization;
using System.Runtime.InteropServices;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Windows;
using SQLitePCL;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Writes batches, each in one transaction. Owned by the writer's thread.</summary>
internal sealed class SqliteWriter
{
    private readonly SqliteConnection _connection;
    private readonly AssetDirectory _assets;
    private readonly MeasurandCatalog _measurands;
    private readonly SeriesIndex _series;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _reading;
    private readonly SqliteStatement _window;
    private readonly SqliteStatement _transition;
    private Key[] _order = [];

    internal SqliteWriter(SqliteConnection connection, AssetDirectory assets, MeasurandCatalog measurands)
    {
        (_connection, _assets, _measurands) = (connection, assets, measurands);
        _series = new SeriesIndex(connection, assets, measurands);
        _begin = connection.Prepare("BEGIN IMMEDIATE");
        _commit = connection.Prepare("COMMIT");
        _reading = connection.Prepare("INSERT OR REPLACE INTO reading(bucket, series, time, value, quality) VALUES(?, ?, ?, ?, ?)");
        _window = connection.Prepare("""
            INSERT INTO window(span, bucket, series, start, count, min, max, mean, last, delta, completeness, revision, quality)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = excluded.count, min = excluded.min, max = excluded.max, mean = excluded.mean, last = excluded.last,
                delta = excluded.delta, completeness = excluded.completeness, revision = excluded.revision, quality = excluded.quality
            WHERE excluded.revision > window.revision
            """);
        _transition = connection.Prepare("""
            INSERT OR IGNORE INTO transition(alarm, at, from_state, to_state, site, asset, rule, title, severity, raised_at, value, by, why)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
    }

    /// <summary>Where a row goes and where it stands in the batch; rows are entered in the order in which they rest, so that neighbours share a page.</summary>
#pragma warning disable MA0097 // Compared by Sort only, which needs no operators.
    private readonly record struct Key(long Bucket, int Series, int Row) : IComparable<Key>
#pragma warning restore MA0097
    {
        public int CompareTo(Key other)
        {
            int order = Bucket.CompareTo(other.Bucket);
            order = order != 0 ? order : Series.CompareTo(other.Series);
            return order != 0 ? order : Row.CompareTo(other.Row);
        }
    }

    /// <summary>Writes all rows or, when it throws, none.</summary>
    internal IReadOnlyList<RejectedRow> Write(HistoryBatch batch)
    {
        List<RejectedRow>? rejected = null;
        bool isCommitted = false;
        try
        {
            _begin.Run();
            WriteReadings(CollectionsMarshal.AsSpan(batch.Readings), ref rejected);
            WriteWindows(CollectionsMarshal.AsSpan(batch.Windows), ref rejected);
            WriteTransitions(batch.Transitions, ref rejected);
            _commit.Run();
            isCommitted = true;
        }
        finally
        {
            if (!isCommitted)
            {
                Abandon();
            }
        }

        return rejected ?? (IReadOnlyList<RejectedRow>)[];
    }

    private void Abandon()
    {
        if (_connection.IsInTransaction)
        {
            // What failed is told by the exception under way; a rollback that fails too is made up for by SQLite at the next opening.
            _ = _connection.TryExecute("ROLLBACK");
        }

        _series.Forget();
    }

    private void WriteReadings(ReadOnlySpan<ReadingRow> rows, ref List<RejectedRow>? rejected)
    {
        var order = Room(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            order[i] = new Key(SqliteSchema.BucketOf(row.MeasuredAt.UnixMilliseconds), _series.Of(row.Asset, row.Measurand), i);
        }

        order.Sort();
        foreach (ref readonly var key in order)
        {
            ref readonly var row = ref rows[key.Row];
            _reading.Bind(1, key.Bucket);
            _reading.Bind(2, key.Series);
            _reading.Bind(3, row.MeasuredAt.UnixMilliseconds);
            _reading.Bind(4, row.Value);
            _reading.Bind(5, (long)row.Quality);
            int code = _reading.TryRun();
            if (code != raw.SQLITE_DONE)
            {
                Reject(code, Describe(row), "write readings", ref rejected);
            }
        }
    }

    private void WriteWindows(ReadOnlySpan<WindowRow> rows, ref List<RejectedRow>? rejected)
    {
        var order = Room(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            ref readonly var row = ref rows[i];
            var window = row.Update.Window;
            long bucket = SqliteSchema.FloorDivide(window.Start.UnixMilliseconds, SqliteSchema.BucketMillisecondsOf(window.Span));
            order[i] = new Key(bucket, _series.Of(row.Asset, row.Update.Measurand), i);
        }

        order.Sort();
        foreach (ref readonly var key in order)
        {
            ref readonly var row = ref rows[key.Row];
            var summary = row.Update.Summary;
            _window.Bind(1, (long)row.Update.Window.Span);
            _window.Bind(2, key.Bucket);
            _window.Bind(3, key.Series);
            _window.Bind(4, row.Update.Window.Start.UnixMilliseconds);
            _window.Bind(5, summary.Count);
            _window.Bind(6, summary.Minimum);
            _window.Bind(7, summary.Maximum);
            _window.Bind(8, summary.Mean);
            _window.Bind(9, summary.Last);
            _window.Bind(10, summary.Delta);
            _window.Bind(11, summary.Completeness);
            _window.Bind(12, summary.Revision);
            _window.Bind(13, (long)summary.Quality);
            int code = _window.TryRun();
            if (code != raw.SQLITE_DONE)
            {
                Reject(code, Describe(row), "write windows", ref rejected);
            }
        }
    }

    private void WriteTransitions(List<AlarmTransition> rows, ref List<RejectedRow>? rejected)
    {
        foreach (var row in rows)
        {
            _transition.Bind(1, row.AlarmId);
            _transition.Bind(2, row.At.UnixMilliseconds);
            _transition.Bind(3, (long)row.From);
            _transition.Bind(4, (long)row.To);
            _transition.Bind(5, row.Asset.Site);
            _transition.Bind(6, row.Asset.Name);
            _transition.Bind(7, row.Rule);
            _transition.Bind(8, row.Title);
            _transition.Bind(9, (long)row.Severity);
            _transition.Bind(10, row.RaisedAt.UnixMilliseconds);
            _transition.Bind(11, row.Value);
            _transition.Bind(12, row.By);
            _transition.Bind(13, row.Why);
            int code = _transition.TryRun();
            if (code != raw.SQLITE_DONE)
            {
                Reject(code, row.ToString(), "write alarm transitions", ref rejected);
            }
        }
    }

    private Span<Key> Room(int count)
    {
        if (_order.Length < count)
        {
            _order = new Key[Math.Max(count, _order.Length * 2)];
        }

        return _order.AsSpan(0, count);
    }

    private void Reject(int code, string line, string doing, ref List<RejectedRow>? rejected)
    {
        if (!SqliteFailure.IsOfOneRow(code))
        {
            throw _connection.Failure(code, doing);
        }

        (rejected ??= []).Add(new RejectedRow(line, _connection.LastWords()));
    }

    private string Describe(in ReadingRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"reading {_assets[row.Asset].Id} {_measurands[row.Measurand].Name}={row.Value:R} {row.Quality} at {row.MeasuredAt}");

    private string Describe(in WindowRow row) =>
        string.Create(CultureInfo.InvariantCulture, $"window {_assets[row.Asset].Id} {_measurands[row.Update.Measurand].Name} {row.Update.Window.Span.ShortName()} at {row.Update.Window.Start}: {row.Update.Summary}");
}
