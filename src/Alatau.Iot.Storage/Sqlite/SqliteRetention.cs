using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Deletes what is past its tier's retention, a bounded piece at a time, oldest first. Owned by the writer's thread.</summary>
/// <remarks>Readings and windows go by whole buckets, so that a row may outlive its tier by one bucket: ten minutes for readings, 48 windows for windows.</remarks>
internal sealed class SqliteRetention
{
    private readonly SqliteConnection _connection;
    private readonly int _chunkRows;
    private readonly (SqliteStatement EndOfChunk, SqliteStatement DeleteChunk, SqliteStatement DeleteRest) _readings;
    private readonly (SqliteStatement EndOfChunk, SqliteStatement DeleteChunk, SqliteStatement DeleteRest) _windows;
    private readonly SqliteStatement _transitions;

    internal SqliteRetention(SqliteConnection connection, int chunkRows)
    {
        (_connection, _chunkRows) = (connection, chunkRows);
        _readings = (
            connection.Prepare("SELECT bucket, series, time FROM reading WHERE bucket < ? ORDER BY bucket, series, time LIMIT 1 OFFSET ?"),
            connection.Prepare("DELETE FROM reading WHERE (bucket, series, time) < (?, ?, ?)"),
            connection.Prepare("DELETE FROM reading WHERE bucket < ?"));
        _windows = (
            connection.Prepare("SELECT bucket, series, start FROM window WHERE span = ?2 AND bucket < ?1 ORDER BY bucket, series, start LIMIT 1 OFFSET ?3"),
            connection.Prepare("DELETE FROM window WHERE span = ?4 AND (bucket, series, start) < (?1, ?2, ?3)"),
            connection.Prepare("DELETE FROM window WHERE span = ?2 AND bucket < ?1"));
        _transitions = connection.Prepare("DELETE FROM transition WHERE (alarm, at, from_state, to_state) IN (SELECT alarm, at, from_state, to_state FROM transition WHERE at < ? ORDER BY at LIMIT ?)");
    }

    /// <summary>Deletes the next piece of readings before <paramref name="cut"/>.</summary>
    /// <returns>Rows deleted; 0 when nothing is left.</returns>
    internal int DeleteReadings(Instant cut) => DeleteChunk(_readings, SqliteSchema.BucketOf(cut.UnixMilliseconds), span: null);

    /// <inheritdoc cref="DeleteReadings"/>
    internal int DeleteWindows(WindowSpan span, Instant cut) =>
        DeleteChunk(_windows, SqliteSchema.FloorDivide(cut.UnixMilliseconds, SqliteSchema.BucketMillisecondsOf(span)), span);

    /// <inheritdoc cref="DeleteReadings"/>
    internal int DeleteTransitions(Instant cut)
    {
        _transitions.Bind(1, cut.UnixMilliseconds);
        _transitions.Bind(2, _chunkRows);
        _transitions.Run();
        return _connection.Changes;
    }

    private int DeleteChunk((SqliteStatement EndOfChunk, SqliteStatement DeleteChunk, SqliteStatement DeleteRest) statements, long bucket, WindowSpan? span)
    {
        var (end, chunk, rest) = statements;
        end.Bind(1, bucket);
        int next = 2;
        if (span is { } window)
        {
            end.Bind(next++, (long)window);
        }

        end.Bind(next, _chunkRows);
        if (end.Next())
        {
            for (int i = 0; i < 3; i++)
            {
                chunk.Bind(i + 1, end.Integer(i));
            }

            end.Reset();
            if (span is { } length)
            {
                chunk.Bind(4, (long)length);
            }

            chunk.Run();
            return _connection.Changes;
        }

        rest.Bind(1, bucket);
        if (span is { } shortOfChunk)
        {
            rest.Bind(2, (long)shortOfChunk);
        }

        rest.Run();
        return _connection.Changes;
    }
}
