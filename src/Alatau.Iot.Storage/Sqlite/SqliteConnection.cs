using Alatau.Iot.Core.History;
using SQLitePCL;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>One connection with its prepared statements. Used by one thread at a time; SQLite's own mutexes are off.</summary>
internal sealed class SqliteConnection : IDisposable
{
    private const int BusyMilliseconds = 5000;

    private readonly sqlite3 _handle;
    private readonly string _path;
    private readonly List<SqliteStatement> _statements = [];

    static SqliteConnection() => Batteries_V2.Init();

    private SqliteConnection(sqlite3 handle, string path) => (_handle, _path) = (handle, path);

    /// <summary>Opens the file; makes it when it is absent and <paramref name="readOnly"/> is false.</summary>
    /// <exception cref="StoreException">It can't be opened.</exception>
    internal static SqliteConnection Open(string path, bool readOnly)
    {
        int flags = raw.SQLITE_OPEN_NOMUTEX | (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE);
        int code = raw.sqlite3_open_v2(path, out var handle, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var failure = SqliteFailure.From(handle, code, path, "open the database");
            handle?.Dispose();
            throw failure;
        }

        _ = raw.sqlite3_extended_result_codes(handle, 1);
        _ = raw.sqlite3_busy_timeout(handle, BusyMilliseconds);
        return new SqliteConnection(handle, path);
    }

    /// <summary>Rows the last statement changed.</summary>
    internal int Changes => raw.sqlite3_changes(_handle);

    internal bool IsInTransaction => raw.sqlite3_get_autocommit(_handle) == 0;

    internal void Execute(string sql) => Check(raw.sqlite3_exec(_handle, sql), $"run '{sql}'");

    internal bool TryExecute(string sql) => raw.sqlite3_exec(_handle, sql) == raw.SQLITE_OK;

    internal long Integer(string sql)
    {
        using var statement = Compile(sql);
        return statement.Next() ? statement.Integer(0) : 0;
    }

    internal string Text(string sql)
    {
        using var statement = Compile(sql);
        return statement.Next() ? statement.Text(0) : "";
    }

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    internal SqliteStatement Prepare(string sql)
    {
        var statement = Compile(sql);
        _statements.Add(statement);
        return statement;
    }

    internal void Check(int code, string doing)
    {
        if (code != raw.SQLITE_OK)
        {
            throw Failure(code, doing);
        }
    }

    internal StoreException Failure(int code, string doing) => SqliteFailure.From(_handle, code, _path, doing);

    /// <summary>SQLite's words for the last failure.</summary>
    internal string LastWords() => raw.sqlite3_errmsg(_handle).utf8_to_string();

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _handle.Dispose();
    }

    private SqliteStatement Compile(string sql)
    {
        Check(raw.sqlite3_prepare_v3(_handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle), $"prepare '{sql}'");
        return new SqliteStatement(this, handle, sql);
    }
}
