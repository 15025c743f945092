using System.Runtime.CompilerServices;
using SQLitePCL;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>A prepared statement, used again and again by the one thread that owns its connection.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle, string sql) : IDisposable
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Bind(int index, long value) => _ = raw.sqlite3_bind_int64(handle, index, value);

    /// <summary>Binds a number; SQLite stores NaN as NULL.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Bind(int index, double value) => _ = raw.sqlite3_bind_double(handle, index, value);

    internal void Bind(int index, double? value)
    {
        if (value is { } number)
        {
            Bind(index, number);
        }
        else
        {
            _ = raw.sqlite3_bind_null(handle, index);
        }
    }

    internal void Bind(int index, string value) => connection.Check(raw.sqlite3_bind_text(handle, index, value), "bind a text");

    /// <summary>Runs a statement without rows and makes it ready for the next use.</summary>
    /// <returns>SQLite's result code; <c>SQLITE_DONE</c> when it went well.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int TryRun()
    {
        int code = raw.sqlite3_step(handle);
        _ = raw.sqlite3_reset(handle);
        return code;
    }

    /// <summary>As <see cref="TryRun"/>, and throws when it did not go well.</summary>
    internal void Run()
    {
        int code = TryRun();
        if (code != raw.SQLITE_DONE)
        {
            throw connection.Failure(code, $"run '{sql}'");
        }
    }

    /// <summary>Steps to the next row; false after the last, when the statement is ready for the next use.</summary>
    internal bool Next()
    {
        int code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        _ = raw.sqlite3_reset(handle);
        return code == raw.SQLITE_DONE ? false : throw connection.Failure(code, $"read with '{sql}'");
    }

    /// <summary>Ends a read before its last row.</summary>
    internal void Reset() => _ = raw.sqlite3_reset(handle);

    internal long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    internal bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    /// <summary>A number; NaN for NULL.</summary>
    internal double Number(int column) => IsNull(column) ? double.NaN : raw.sqlite3_column_double(handle, column);

    internal string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string();

    public void Dispose() => handle.Dispose();
}
