using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Writes the windows of branches. Owned by the writer's thread.</summary>
internal sealed class SqliteRollUpWriter
{
    private readonly SqliteConnection _connection;
    private readonly MeasurandCatalog _measurands;
    private readonly SqliteStatement _find;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _write;
    private readonly SqliteStatement _delete;
    private readonly Dictionary<(string Node, NodeKind Members, MeasurandId Measurand), long> _branches = [];

    internal SqliteRollUpWriter(SqliteConnection connection, MeasurandCatalog measurands)
    {
        (_connection, _measurands) = (connection, measurands);
        _find = connection.Prepare("SELECT id FROM branch WHERE node = ? AND members = ? AND measurand = ?");
        _insert = connection.Prepare("INSERT INTO branch(node, members, measurand) VALUES(?, ?, ?)");
        _write = connection.Prepare("""
            INSERT INTO roll_up(span, branch, start, sum, mean, min, max, members, expected, estimated, readings, completeness, revision, quality)
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET sum = excluded.sum, mean = excluded.mean, min = excluded.min, max = excluded.max, members = excluded.members, expected = excluded.expected,
                estimated = excluded.estimated, readings = excluded.readings, completeness = excluded.completeness, revision = excluded.revision, quality = excluded.quality
            WHERE excluded.revision >= roll_up.revision
            """);
        _delete = connection.Prepare("DELETE FROM roll_up WHERE span = ? AND branch IN (SELECT id FROM branch) AND start < ?");
    }

    /// <summary>Writes all rows or, when it throws, none.</summary>
    internal void Write(IReadOnlyList<RollUpRow> rows)
    {
        bool isCommitted = false;
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (var row in rows)
            {
                Write(in row);
            }

            _connection.Execute("COMMIT");
            isCommitted = true;
        }
        finally
        {
            if (!isCommitted)
            {
                if (_connection.IsInTransaction)
                {
                    _ = _connection.TryExecute("ROLLBACK");
                }

                _branches.Clear();
            }
        }
    }

    /// <summary>Deletes windows that began before <paramref name="cut"/>, all at once: branches are few.</summary>
    /// <returns>Rows deleted.</returns>
    internal int Delete(WindowSpan span, Instant cut)
    {
        _delete.Bind(1, (long)span);
        _delete.Bind(2, cut.UnixMilliseconds);
        _delete.Run();
        return _connection.Changes;
    }

    private void Write(in RollUpRow row)
    {
        var summary = row.Summary;
        _write.Bind(1, (long)row.Window.Span);
        _write.Bind(2, BranchOf(in row));
        _write.Bind(3, row.Window.Start.UnixMilliseconds);
        _write.Bind(4, summary.Sum);
        _write.Bind(5, summary.Mean);
        _write.Bind(6, summary.Minimum);
        _write.Bind(7, summary.Maximum);
        _write.Bind(8, summary.Members);
        _write.Bind(9, summary.Expected);
        _write.Bind(10, summary.Estimated);
        _write.Bind(11, summary.Readings);
        _write.Bind(12, summary.Completeness);
        _write.Bind(13, summary.Revision);
        _write.Bind(14, (long)summary.Quality);
        _write.Run();
    }

    private long BranchOf(in RollUpRow row)
    {
        var key = (row.Node, row.Members, row.Measurand);
        if (_branches.TryGetValue(key, out long known))
        {
            return known;
        }

        string measurand = _measurands[row.Measurand].Name;
        if (Find() is not { } id)
        {
            _insert.Bind(1, row.Node);
            _insert.Bind(2, (long)row.Members);
            _insert.Bind(3, measurand);
            _insert.Run();
            id = Find()!.Value;
        }

        return _branches[key] = id;

        long? Find()
        {
            _find.Bind(1, key.Node);
            _find.Bind(2, (long)key.Members);
            _find.Bind(3, measurand);
            if (!_find.Next())
            {
                return null;
            }

            long found = _find.Integer(0);
            _find.Reset();
            return found;
        }
    }
}
