using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>Has the store delete what is past its retention, soon after the start and then every ten minutes.</summary>
public sealed class RetentionLoop(IHistoryStore store, TimeProvider time, ILogger<RetentionLoop> logger) : BackgroundService
{
    /// <summary>Pause before the first and between two passes: ten minutes, the length of a bucket of readings.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private long _deleted;
    private long _passes;

    /// <summary>Rows deleted since the start, where the store can tell.</summary>
    public long RowsDeleted => Interlocked.Read(ref _deleted);

    /// <summary>Passes that ended well.</summary>
    public long Passes => Interlocked.Read(ref _passes);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await EnforceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; nothing is half done, since the store deletes in transactions.
        }
    }

    private async Task EnforceAsync(CancellationToken stop)
    {
        try
        {
            long rows = await store.EnforceRetentionAsync(Instant.Now(time), stop);
            Interlocked.Add(ref _deleted, rows);
            Interlocked.Increment(ref _passes);
            if (rows > 0)
            {
                RecorderLog.RetentionDone(logger, store.Name, rows);
            }
        }
        catch (StoreException exception)
        {
            RecorderLog.RetentionFailed(logger, store.Name, exception.Message, Pause);
        }
    }
}
