using System.Collections.Concurrent;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Sqlite;

/// <summary>History in one SQLite file: the store that needs nothing but a disk.</summary>
/// <remarks>
/// One thread owns the writing connection; a batch is one transaction, and fsync has returned before <see cref="WriteAsync"/> does, so that rows survive a kill and, as far as the
/// disk obeys fsync, the loss of power. Reads have connections of their own and never wait for the writer (write-ahead log).
/// </remarks>
public sealed partial class SqliteHistoryStore : IHistoryStore
{
    private readonly SqliteStoreOptions _options;
    private readonly RetentionOptions _retention;
    private readonly AssetDirectory _assets;
    private readonly MeasurandCatalog _measurands;
    private readonly string _path;
    private readonly ConcurrentBag<SqliteReader> _readers = [];
    private readonly SemaphoreSlim _readGate;
    private WriterThread? _thread;
    private bool _isReadOnly;
    private SqliteConnection? _connection;
    private SqliteWriter? _writer;
    private SqliteRetention? _deleter;
    private SqliteRollUpWriter? _rollUps;

    /// <param name="options">Where the file is.</param>
    /// <param name="retention">How long each tier is kept.</param>
    /// <param name="dataFolder">Where a relative path starts; made when absent.</param>
    /// <param name="assets">Names of handles.</param>
    /// <param name="measurands">Names of measurands.</param>
    public SqliteHistoryStore(SqliteStoreOptions options, RetentionOptions retention, string dataFolder, AssetDirectory assets, MeasurandCatalog measurands)
    {
        (_options, _retention, _assets, _measurands) = (options, retention, assets, measurands);
        _path = System.IO.Path.GetFullPath(options.Path, System.IO.Path.GetFullPath(dataFolder));
        _readGate = new SemaphoreSlim(options.ReadConnections);
    }

    public string Name => "sqlite";

    /// <summary>The database's file.</summary>
    public string Path => _path;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (_thread is not null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_path)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The folder of '{_path}' can't be made: {exception.Message} Cure: name another data folder, or give this user the right to write there.", isTransient: false, inner: exception);
        }

        var thread = new WriterThread("sqlite-writer");
        try
        {
            await thread.RunAsync(Prepare, cancellationToken);
            _thread = thread;
        }
        finally
        {
            if (_thread is null)
            {
                thread.Dispose();
            }
        }
    }

    public ValueTask OpenToReadAsync(CancellationToken cancellationToken)
    {
        _isReadOnly = _thread is null;
        return File.Exists(_path)
            ? ValueTask.CompletedTask
            : throw new StoreException($"There is no history in '{_path}'. Cure: name the data folder of a platform that has run with this store.", isTransient: false);
    }

    public async ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(HistoryBatch batch, CancellationToken cancellationToken) =>
        await Thread().RunAsync(() => _writer!.Write(batch), cancellationToken);

    public async ValueTask<SeriesPage> ReadSeriesAsync(SeriesQuery query, CancellationToken cancellationToken) =>
        await ReadAsync((query, measurand: _measurands[query.Measurand]), static (reader, asked) => reader.ReadSeries(asked.query, asked.measurand), cancellationToken);

    public async ValueTask<IReadOnlyList<AlarmTransition>> ReadTransitionsAsync(TransitionQuery query, CancellationToken cancellationToken) =>
        await ReadAsync(query, static (reader, asked) => reader.ReadTransitions(asked), cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Deletes in pieces of <see cref="SqliteStoreOptions.RetentionChunkRows"/>; batches that arrive meanwhile are written between them. Freed pages are used again; the file doesn't shrink.</remarks>
    public async ValueTask<long> EnforceRetentionAsync(Instant now, CancellationToken cancellationToken)
    {
        long deleted = 0;
        await DeleteAsync(_retention.RawDays, cut => _deleter!.DeleteReadings(cut));
        await DeleteAsync(_retention.OneMinuteDays, cut => _deleter!.DeleteWindows(WindowSpan.OneMinute, cut));
        await DeleteAsync(_retention.QuarterHourDays, cut => _deleter!.DeleteWindows(WindowSpan.QuarterHour, cut));
        await DeleteAsync(_retention.OneHourDays, cut => _deleter!.DeleteWindows(WindowSpan.OneHour, cut));
        await DeleteAsync(_retention.OneMinuteDays, cut => _rollUps!.Delete(WindowSpan.OneMinute, cut));
        await DeleteAsync(_retention.QuarterHourDays, cut => _rollUps!.Delete(WindowSpan.QuarterHour, cut));
        await DeleteAsync(_retention.OneHourDays, cut => _rollUps!.Delete(WindowSpan.OneHour, cut));
        await DeleteAsync(_retention.AlarmDays, cut => _deleter!.DeleteTransitions(cut));
        return deleted;

        async Task DeleteAsync(int days, Func<Instant, int> deleteChunk)
        {
            if (days == 0)
            {
                return;
            }

            var cut = now - TimeSpan.FromDays(days);
            int rows;
            do
            {
                rows = await Thread().RunAsync(() => deleteChunk(cut), cancellationToken);
                deleted += rows;
            }
            while (rows > 0);
        }
    }

    public async ValueTask<string?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(0, static (reader, _) =>
            {
                reader.Check();
                return (string?)null;
            }, cancellationToken);
        }
        catch (StoreException exception)
        {
            return exception.Message;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var thread = _thread;
        (_thread, _isReadOnly) = (null, false);
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        if (thread is null)
        {
            return;
        }

        await thread.RunAsync(
            () =>
            {
                _connection!.Dispose();
                return true;
            },
            CancellationToken.None);
        thread.Dispose();
    }

    private bool Prepare()
    {
        var connection = SqliteConnection.Open(_path, readOnly: false);
        try
        {
            SqliteSchema.Prepare(connection, _path, _options.WriterCacheMebibytes);
            _writer = new SqliteWriter(connection, _assets, _measurands);
            _deleter = new SqliteRetention(connection, _options.RetentionChunkRows);
            _rollUps = new SqliteRollUpWriter(connection, _measurands);
            _connection = connection;
            return true;
        }
        finally
        {
            if (_connection is null)
            {
                connection.Dispose();
            }
        }
    }

    private async ValueTask<TAnswer> ReadAsync<TQuery, TAnswer>(TQuery query, Func<SqliteReader, TQuery, TAnswer> read, CancellationToken cancellationToken)
    {
        _ = _isReadOnly ? null : Thread();
        await _readGate.WaitAsync(cancellationToken);
        try
        {
            var reader = _readers.TryTake(out var idle) ? idle : new SqliteReader(_path);
            bool isWell = false;
            try
            {
                var answer = read(reader, query);
                isWell = true;
                return answer;
            }
            finally
            {
                if (isWell && (_isReadOnly || _thread is not null))
                {
                    _readers.Add(reader);
                }
                else
                {
                    reader.Dispose();
                }
            }
        }
        finally
        {
            _readGate.Release();
        }
    }

    private WriterThread Thread() => _thread ?? throw new InvalidOperationException("The store is not open.");
}
