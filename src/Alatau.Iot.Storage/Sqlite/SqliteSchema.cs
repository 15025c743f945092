using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>The tables of the history file, and which file may be opened.</summary>
/// <remarks>
/// Readings rest by (ten-minute bucket, series, time): what arrives together rests together, and one series' ten minutes lie in one page.
/// A range is read bucket by bucket. Windows rest likewise; their bucket is <see cref="WindowsInBucket"/> windows long.
/// </remarks>
internal static class SqliteSchema
{
    /// <summary>Version of the tables; written into the file's <c>user_version</c>.</summary>
    internal const int Version = 2;

    /// <summary>Marks the file as ours in its <c>application_id</c>: "AlHi".</summary>
    internal const int ApplicationId = 0x416C4869;

    /// <summary>Length of a bucket of readings: ten minutes.</summary>
    internal const long BucketMilliseconds = 600_000;

    /// <summary>Windows of one series that rest together: 48 minutes, 12 hours, 2 days.</summary>
    internal const long WindowsInBucket = 48;

    private const string Tables = """
        CREATE TABLE series(
            id INTEGER PRIMARY KEY, site TEXT NOT NULL, asset TEXT NOT NULL, measurand TEXT NOT NULL,
            UNIQUE(site, asset, measurand));
        CREATE TABLE reading(
            bucket INTEGER NOT NULL, series INTEGER NOT NULL, time INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL,
            PRIMARY KEY(bucket, series, time)) WITHOUT ROWID;
        CREATE TABLE window(
            span INTEGER NOT NULL, bucket INTEGER NOT NULL, series INTEGER NOT NULL, start INTEGER NOT NULL,
            count INTEGER NOT NULL, min REAL, max REAL, mean REAL, last REAL, delta REAL, completeness REAL, revision INTEGER NOT NULL, quality INTEGER NOT NULL,
            PRIMARY KEY(span, bucket, series, start)) WITHOUT ROWID;
        CREATE TABLE transition(
            alarm TEXT NOT NULL, at INTEGER NOT NULL, from_state INTEGER NOT NULL, to_state INTEGER NOT NULL,
            site TEXT NOT NULL, asset TEXT NOT NULL, rule TEXT NOT NULL, title TEXT NOT NULL, severity INTEGER NOT NULL,
            raised_at INTEGER NOT NULL, value REAL, by TEXT NOT NULL, why TEXT NOT NULL,
            PRIMARY KEY(alarm, at, from_state, to_state)) WITHOUT ROWID;
        CREATE INDEX transition_at ON transition(at);
        CREATE INDEX transition_asset ON transition(site, asset, at);
        """;

    // Since version 2.
    private const string RollUps = """
        CREATE TABLE branch(
            id INTEGER PRIMARY KEY, node TEXT NOT NULL, members INTEGER NOT NULL, measurand TEXT NOT NULL,
            UNIQUE(node, members, measurand));
        CREATE TABLE roll_up(
            span INTEGER NOT NULL, branch INTEGER NOT NULL, start INTEGER NOT NULL,
            sum REAL, mean REAL, min REAL, max REAL, members INTEGER NOT NULL, expected INTEGER NOT NULL, estimated INTEGER NOT NULL, readings INTEGER NOT NULL,
            completeness REAL, revision INTEGER NOT NULL, quality INTEGER NOT NULL,
            PRIMARY KEY(span, branch, start)) WITHOUT ROWID;
        """;

    /// <summary>Checks the file, makes the tables in a new one, and sets how the writer's connection works.</summary>
    /// <exception cref="StoreException">The file belongs to another program, is newer than this version, or is damaged.</exception>
    internal static void Prepare(SqliteConnection connection, string path, int cacheMebibytes)
    {
        long application = connection.Integer("PRAGMA application_id");
        long version = connection.Integer("PRAGMA user_version");
        bool isNew = connection.Integer("SELECT count(*) FROM sqlite_schema") == 0;
        if (!isNew && application != ApplicationId)
        {
            throw new StoreException($"'{path}' is a database of another program (application id {application}). Cure: name another file in Storage:Sqlite:Path.", isTransient: false);
        }

        if (version > Version)
        {
            throw new StoreException($"'{path}' was written by a newer version of the platform (schema {version}, this one knows {Version}). Cure: start that version, or name another file in Storage:Sqlite:Path.", isTransient: false);
        }

        // Eight-KiB pages hold one series' ten minutes; only a new file takes it.
        connection.Execute("PRAGMA page_size = 8192");
        if (connection.Text("PRAGMA journal_mode = WAL") != "wal")
        {
            throw new StoreException($"'{path}' lies on a file system without shared memory (a network share?), so that reading would block writing. Cure: put the data folder on a local disk.", isTransient: false);
        }

        // FULL: fsync of the log at every commit. A commit carries what arrived meanwhile, so that one fsync (0.4 ms) serves thousands of rows, and a stored row survives the loss of power.
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute($"PRAGMA cache_size = -{cacheMebibytes * 1024L}");
        connection.Execute("PRAGMA wal_autocheckpoint = 8192");
        connection.Execute("PRAGMA journal_size_limit = 268435456");
        if (isNew)
        {
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute(Tables);
            connection.Execute(RollUps);
            connection.Execute($"PRAGMA application_id = {ApplicationId}");
            connection.Execute($"PRAGMA user_version = {Version}");
            connection.Execute("COMMIT");
        }
        else if (version < Version)
        {
            connection.Execute("BEGIN IMMEDIATE");
            connection.Execute(RollUps);
            connection.Execute($"PRAGMA user_version = {Version}");
            connection.Execute("COMMIT");
        }
    }

    /// <summary>The bucket of readings that holds an instant; right before 1970, too.</summary>
    internal static long BucketOf(long unixMilliseconds) => FloorDivide(unixMilliseconds, BucketMilliseconds);

    internal static long BucketMillisecondsOf(WindowSpan span) => span.Milliseconds() * WindowsInBucket;

    internal static long FloorDivide(long value, long by) => value >= 0 ? value / by : ~(~value / by);
}
