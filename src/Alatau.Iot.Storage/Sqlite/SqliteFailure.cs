using Alatau.Iot.Core.History;
using SQLitePCL;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>Turns a result code of SQLite into what happened, where, and the cure.</summary>
internal static class SqliteFailure
{
    // https://www.sqlite.org/rescode.html: the low byte is the primary code.
    private const int PrimaryMask = 0xFF;

    /// <summary>True for codes that speak of one row and leave the transaction standing.</summary>
    internal static bool IsOfOneRow(int code) => (code & PrimaryMask) is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG;

    internal static StoreException From(sqlite3? database, int code, string path, string doing)
    {
        string words = database is { IsInvalid: false } ? raw.sqlite3_errmsg(database).utf8_to_string() : raw.sqlite3_errstr(code).utf8_to_string();
        (bool transient, string cure) = (code & PrimaryMask) switch
        {
            raw.SQLITE_FULL => (true, "the disk is full: free space, or shorten Storage:Retention"),
            raw.SQLITE_IOERR => (true, "the disk failed: look at the system log, and mend or replace the disk"),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (true, "another program holds a lock on the file: close it"),
            raw.SQLITE_NOMEM => (true, "no memory left: give the process more, or lower Storage:Sqlite:WriterCacheMebibytes"),
            raw.SQLITE_INTERRUPT => (true, "try again"),
            raw.SQLITE_CANTOPEN => (false, "create the folder, and give this user the right to write in it"),
            raw.SQLITE_READONLY or raw.SQLITE_PERM => (false, "give this user the right to write the file and its folder"),
            raw.SQLITE_NOTADB => (false, "the file is not an SQLite database: move it away, and a new one is made at the next start"),
            raw.SQLITE_CORRUPT => (false, "the file is damaged: stop the platform, save what can be saved with `sqlite3 FILE .recover`, and put that or a backup in its place"),
            _ => (false, "this is a fault of the platform: report it with this line"),
        };
        return new StoreException($"SQLite could not {doing}: {words} (code {code}), in '{path}'. Cure: {cure}.", transient);
    }
}
