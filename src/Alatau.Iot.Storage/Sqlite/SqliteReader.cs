using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Reads on a connection of its own, each page from one snapshot. One caller at a time.</summary>
internal sealed class SqliteReader : IDisposable
{
    // After so many buckets without a row, the next one that any series has is looked up: gaps of years cost one step.
    private const int EmptyBucketsBeforeJump = 32;

    private const string TransitionColumns = "alarm, at, from_state, to_state, site, asset, rule, title, severity, raised_at, value, by, why";

    /// <summary>Of a window, in the order of <see cref="SummaryOf"/>.</summary>
    internal const string WindowColumns = "start, count, min, max, mean, last, delta, completeness, revision, quality";

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _series;
    private readonly SqliteStatement _readings;
    private readonly SqliteStatement _nextReadingBucket;
    private readonly SqliteStatement _windows;
    private readonly SqliteStatement _nextWindowBucket;
    private readonly SqliteStatement _transitions;
    private readonly SqliteStatement _transitionsOfAsset;
    private SqliteRollUpReader? _rollUps;

    internal SqliteReader(string path)
    {
        _connection = SqliteConnection.Open(path, readOnly: true);
        _series = _connection.Prepare("SELECT id FROM series WHERE site = ? AND asset = ? AND measurand = ?");
        _readings = _connection.Prepare("SELECT time, value, quality FROM reading WHERE bucket = ? AND series = ? AND time >= ? AND time < ? ORDER BY time LIMIT ?");
        _nextReadingBucket = _connection.Prepare("SELECT bucket FROM reading WHERE bucket >= ? ORDER BY bucket LIMIT 1");
        _windows = _connection.Prepare($"SELECT {WindowColumns} FROM window WHERE span = ? AND bucket = ? AND series = ? AND start >= ? AND start < ? ORDER BY start LIMIT ?");
        _nextWindowBucket = _connection.Prepare("SELECT bucket FROM window WHERE span = ? AND bucket >= ? ORDER BY bucket LIMIT 1");
        _transitions = _connection.Prepare($"SELECT {TransitionColumns} FROM transition WHERE at >= ? AND at < ? ORDER BY at DESC LIMIT ?");
        _transitionsOfAsset = _connection.Prepare($"SELECT {TransitionColumns} FROM transition WHERE at >= ? AND at < ? AND site = ? AND asset = ? ORDER BY at DESC LIMIT ?");
    }

    /// <summary>Branches of the topology, on the same connection.</summary>
    internal SqliteRollUpReader RollUps => _rollUps ??= new SqliteRollUpReader(_connection);

    internal SeriesPage ReadSeries(SeriesQuery query, Measurand measurand)
    {
        _connection.Execute("BEGIN");
        try
        {
            _series.Bind(1, query.Asset.Site);
            _series.Bind(2, query.Asset.Name);
            _series.Bind(3, measurand.Name);
            if (!_series.Next())
            {
                return new SeriesPage([], null);
            }

            long series = _series.Integer(0);
            _series.Reset();
            var points = new List<SeriesPoint>();
            long bucketLength = query.Span is { } span ? SqliteSchema.BucketMillisecondsOf(span) : SqliteSchema.BucketMilliseconds;
            long bucket = SqliteSchema.FloorDivide(query.From.UnixMilliseconds, bucketLength);
            long last = SqliteSchema.FloorDivide(query.To.UnixMilliseconds, bucketLength);
            for (int empty = EmptyBucketsBeforeJump; bucket <= last && points.Count <= query.Limit; bucket++)
            {
                if (empty >= EmptyBucketsBeforeJump)
                {
                    if (NextBucket(query.Span, bucket) is not { } next || next > last)
                    {
                        break;
                    }

                    (bucket, empty) = (next, 0);
                }

                int before = points.Count;
                ReadBucket(query, measurand, series, bucket, points);
                empty = points.Count > before ? 0 : empty + 1;
            }

            if (points.Count <= query.Limit)
            {
                return new SeriesPage(points, null);
            }

            var start = points[query.Limit].At;
            points.RemoveRange(query.Limit, points.Count - query.Limit);
            return new SeriesPage(points, start);
        }
        finally
        {
            _connection.Execute("COMMIT");
        }
    }

    internal IReadOnlyList<AlarmTransition> ReadTransitions(TransitionQuery query)
    {
        var statement = query.Asset is null ? _transitions : _transitionsOfAsset;
        statement.Bind(1, query.From.UnixMilliseconds);
        statement.Bind(2, query.To.UnixMilliseconds);
        int next = 3;
        if (query.Asset is { } asset)
        {
            statement.Bind(next++, asset.Site);
            statement.Bind(next++, asset.Name);
        }

        statement.Bind(next, query.Limit);
        var transitions = new List<AlarmTransition>();
        while (statement.Next())
        {
            transitions.Add(new AlarmTransition(
                statement.Text(0),
                AssetId.Of(statement.Text(4), statement.Text(5)),
                statement.Text(6),
                statement.Text(7),
                (AlarmSeverity)statement.Integer(8),
                (AlarmState)statement.Integer(2),
                (AlarmState)statement.Integer(3),
                new Instant(statement.Integer(1)),
                new Instant(statement.Integer(9)),
                statement.IsNull(10) ? null : statement.Number(10),
                statement.Text(11),
                statement.Text(12)));
        }

        return transitions;
    }

    /// <summary>Reads one row, to see whether the file answers.</summary>
    internal void Check() => _ = _connection.Integer("SELECT count(*) FROM (SELECT 1 FROM series LIMIT 1)");

    public void Dispose() => _connection.Dispose();

    private long? NextBucket(WindowSpan? span, long bucket)
    {
        var statement = span is null ? _nextReadingBucket : _nextWindowBucket;
        int at = 1;
        if (span is { } window)
        {
            statement.Bind(at++, (long)window);
        }

        statement.Bind(at, bucket);
        if (!statement.Next())
        {
            return null;
        }

        long next = statement.Integer(0);
        statement.Reset();
        return next;
    }

    private void ReadBucket(SeriesQuery query, Measurand measurand, long series, long bucket, List<SeriesPoint> points)
    {
        var statement = query.Span is null ? _readings : _windows;
        int at = 1;
        if (query.Span is { } span)
        {
            statement.Bind(at++, (long)span);
        }

        statement.Bind(at++, bucket);
        statement.Bind(at++, series);
        statement.Bind(at++, query.From.UnixMilliseconds);
        statement.Bind(at++, query.To.UnixMilliseconds);
        statement.Bind(at, query.Limit + 1L - points.Count);
        while (statement.Next())
        {
            points.Add(query.Span is null
                ? new SeriesPoint(new Instant(statement.Integer(0)), statement.Number(1), (Quality)statement.Integer(2), null)
                : WindowPoint(statement, measurand));
        }
    }

    private static SeriesPoint WindowPoint(SqliteStatement row, Measurand measurand) => SummaryOf(row).ToPoint(new Instant(row.Integer(0)), measurand.Kind);

    internal static WindowSummary SummaryOf(SqliteStatement row) => new(
        (int)row.Integer(1), row.Number(2), row.Number(3), row.Number(4), row.Number(5), row.Number(6), (float)row.Number(7), (ushort)row.Integer(8), (Quality)row.Integer(9));
}
