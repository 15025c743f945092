using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Outbox;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Recording;

/// <summary>Brings the outbox back to the store, chunk after chunk, each in turn with the live writes of all lanes: these never wait for more than one chunk.</summary>
internal sealed class OutboxDrain(IHistoryStore store, HistoryOutbox outbox, IReadOnlyList<WriteLane> lanes, Ledger ledger, RecordingOptions options, RejectedLog rejectedLog, TimeProvider time, Random random, ILogger logger)
{
    private static readonly TimeSpan s_diskPause = TimeSpan.FromSeconds(1);

    private readonly StorePatience _patience = new(store, options, time, random, logger);
    private readonly OutboxChunk _chunk = new();
    private long _rows;
    private long _rejected;
    private long _writes;

    internal StoreAbsence? Absence => _patience.Absence;

    internal long Failures => _patience.Failures;

    internal long Rows => Interlocked.Read(ref _rows);

    internal long Rejected => Interlocked.Read(ref _rejected);

    internal long Writes => Interlocked.Read(ref _writes);

    /// <summary>Runs until stopped.</summary>
    internal async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(lanes.Select(lane => lane.Opened)).WaitAsync(stop);
            while (true)
            {
                var next = outbox.Spilled.Next;
                if (!TryRead(out var pause))
                {
                    await (pause is { } wait ? Task.Delay(wait, time, stop) : next.WaitAsync(stop));
                    continue;
                }

                while (await TryStoreAsync(stop) is { } again)
                {
                    await Task.Delay(again, time, stop);
                }

                Count();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What is left waits for the next start.
        }
    }

    private bool TryRead(out TimeSpan? pause)
    {
        pause = null;
        try
        {
            return outbox.TryRead(_chunk, outbox.Options.DrainRows);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            RecorderLog.OutboxTrouble(logger, exception.Message);
            pause = s_diskPause;
            return false;
        }
    }

    // Null when the chunk is stored, else the pause before the next try. Live writes go on meanwhile.
    private async Task<TimeSpan?> TryStoreAsync(CancellationToken stop)
    {
        int held = 0;
        try
        {
            for (; held < lanes.Count; held++)
            {
                await lanes[held].Turn.WaitAsync(stop);
            }

            var (isDone, rejected, pause) = await _patience.TryOnceAsync(WriteAsync, stop);
            if (!isDone)
            {
                return pause;
            }

            Reject(rejected!);
            Interlocked.Add(ref _rows, _chunk.Rows.Count - _chunk.Copies - rejected!.Count);
            return null;
        }
        finally
        {
            while (held > 0)
            {
                lanes[--held].Turn.Release();
            }
        }
    }

    private async ValueTask<IReadOnlyList<RejectedRow>> WriteAsync(CancellationToken cancellationToken)
    {
        if (_chunk.Rows.Count == 0)
        {
            return [];
        }

        Interlocked.Increment(ref _writes);
        return await store.WriteAsync(_chunk.Rows, cancellationToken);
    }

    private void Reject(IReadOnlyList<RejectedRow> rejected)
    {
        RejectedRow[] all = [.. rejected, .. _chunk.Rejected];
        if (all.Length > 0)
        {
            Interlocked.Add(ref _rejected, all.Length);
            rejectedLog.Add(Instant.Now(time), all);
            RecorderLog.Rejected(logger, store.Name, all.Length, all[0].Reason, rejectedLog.Path);
        }
    }

    // Into the ledger first: who waits for the outbox to be empty finds everything counted.
    private void Count()
    {
        var stored = _chunk.Messages.Select(m => (m.Key, Messages: m.Value - _chunk.LostMessages.GetValueOrDefault(m.Key))).Where(m => m.Messages > 0).ToList();
        foreach (var (route, messages) in stored)
        {
            ledger.Stored(ledger.Route(route), messages);
        }

        outbox.Acknowledge(_chunk);
    }
}
