using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Reads branches, and what they are made of, on a reader's connection.</summary>
internal sealed class SqliteRollUpReader
{
    private readonly SqliteStatement _branch;
    private readonly SqliteStatement _rollUps;
    private readonly SqliteStatement _windows;

    internal SqliteRollUpReader(SqliteConnection connection)
    {
        _branch = connection.Prepare("SELECT id FROM branch WHERE node = ? AND members = ? AND measurand = ?");
        _rollUps = connection.Prepare("""
            SELECT start, sum, mean, min, max, members, expected, estimated, readings, completeness, revision, quality
            FROM roll_up WHERE span = ? AND branch = ? AND start >= ? AND start < ? ORDER BY start LIMIT ?
            """);

        // CROSS JOIN keeps the order: one look-up for each series, not all rows of the bucket.
        _windows = connection.Prepare($"""
            SELECT {SqliteReader.WindowColumns}, site, asset FROM series CROSS JOIN window ON span = ? AND bucket = ? AND series = id AND start >= ? AND start < ?
            WHERE measurand = ?
            """);
    }

    internal RollUpPage Read(RollUpQuery query, string measurand)
    {
        _branch.Bind(1, query.Node);
        _branch.Bind(2, (long)query.Members);
        _branch.Bind(3, measurand);
        if (!_branch.Next())
        {
            return new RollUpPage([], null);
        }

        long branch = _branch.Integer(0);
        _branch.Reset();
        _rollUps.Bind(1, (long)query.Span);
        _rollUps.Bind(2, branch);
        _rollUps.Bind(3, query.From.UnixMilliseconds);
        _rollUps.Bind(4, query.To.UnixMilliseconds);
        _rollUps.Bind(5, query.Limit + 1L);
        var points = new List<RollUpPoint>();
        while (_rollUps.Next())
        {
            points.Add(new RollUpPoint(new Instant(_rollUps.Integer(0)), new RollUpSummary(
                _rollUps.Number(1),
                _rollUps.Number(2),
                _rollUps.Number(3),
                _rollUps.Number(4),
                (int)_rollUps.Integer(5),
                (int)_rollUps.Integer(6),
                (int)_rollUps.Integer(7),
                (int)_rollUps.Integer(8),
                _rollUps.Number(9),
                (int)_rollUps.Integer(10),
                (Quality)_rollUps.Integer(11))));
        }

        if (points.Count <= query.Limit)
        {
            return new RollUpPage(points, null);
        }

        var next = points[query.Limit].At;
        points.RemoveRange(query.Limit, points.Count - query.Limit);
        return new RollUpPage(points, next);
    }

    internal void ReadWindows(string measurand, WindowSpan span, Instant from, Instant to, Action<AssetId, Instant, WindowSummary> visit)
    {
        const int FirstName = 10;
        long length = SqliteSchema.BucketMillisecondsOf(span);
        long last = SqliteSchema.FloorDivide(to.UnixMilliseconds - 1, length);
        for (long bucket = SqliteSchema.FloorDivide(from.UnixMilliseconds, length); bucket <= last; bucket++)
        {
            _windows.Bind(1, (long)span);
            _windows.Bind(2, bucket);
            _windows.Bind(3, from.UnixMilliseconds);
            _windows.Bind(4, to.UnixMilliseconds);
            _windows.Bind(5, measurand);
            while (_windows.Next())
            {
                visit(AssetId.Of(_windows.Text(FirstName), _windows.Text(FirstName + 1)), new Instant(_windows.Integer(0)), SqliteReader.SummaryOf(_windows));
            }
        }
    }
}
