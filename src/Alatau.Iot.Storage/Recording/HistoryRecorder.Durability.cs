using Alatau.Iot.Storage.Outbox;

namespace Alatau.Iot.Storage.Recording;

/// <content>What a checkpoint needs: everything handed over before is in the store, or on disk.</content>
public sealed partial class HistoryRecorder
{
    private readonly HistoryOutbox? _outbox;
    private readonly OutboxDrain? _drain;
    private readonly Spiller? _spiller;

    /// <summary>Hands everything gathered to the store and completes when all of it is stored or on disk in the outbox, whether the store answers or not. The shards go on meanwhile.</summary>
    /// <remarks>A store that answers has <see cref="OutboxOptions.PatienceMilliseconds"/> first. Without an outbox this waits for the store.</remarks>
    /// <exception cref="IOException">The disk of the outbox fails; nothing may be assumed.</exception>
    public async Task MakeDurableAsync(CancellationToken cancellationToken)
    {
        HandOverAll();
        long[] targets = [.. _lanes.Select(lane => lane.Posted)];
        var safe = Task.WhenAll(_lanes.Select((lane, i) => lane.SafeAsync(targets[i], cancellationToken)));
        if (_outbox is null)
        {
            await safe;
            return;
        }

        if (!safe.IsCompleted && !IsAway)
        {
            try
            {
                await safe.WaitAsync(TimeSpan.FromMilliseconds(_outbox.Options.PatienceMilliseconds), _time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Spilled below.
            }
        }

        for (int i = 0; i < _lanes.Length && !safe.IsCompleted; i++)
        {
            _spiller!.Ask(i, targets[i]);
        }

        await safe;
        await Task.Run(_outbox.Sync, cancellationToken);
    }

    /// <summary>Hands everything gathered to the store and completes when it is stored, what waits in the outbox included. Meant for a road at rest: what comes meanwhile may or may not be in it.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        HandOverAll();
        await Task.WhenAll(_lanes.Select(lane => lane.PassedAsync(lane.Posted, cancellationToken)));
        if (_outbox is null)
        {
            return;
        }

        long end = _outbox.NextNumber;
        while (true)
        {
            var next = _outbox.Drained.Next;
            if (_outbox.IsEmpty || _outbox.Acknowledged >= end)
            {
                return;
            }

            await next.WaitAsync(cancellationToken);
        }
    }

    // The end: what the store hasn't got goes to disk.
    private bool TrySpillAll()
    {
        foreach (var lane in _lanes)
        {
            while (!lane.IsSafe(lane.Posted))
            {
                if (!lane.TrySpillOldest())
                {
                    return false;
                }
            }
        }

        try
        {
            _outbox!.Sync();
            return true;
        }
        catch (IOException exception)
        {
            RecorderLog.OutboxTrouble(_logger, exception.Message);
            return false;
        }
    }

    // A fault ends the whole, though the others would go on.
    private static async Task AllOrFirstFaultAsync(params Task[] tasks)
    {
        var running = tasks.ToList();
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            await ended;
        }
    }

    private static StoreAbsence? Longest(IEnumerable<StoreAbsence?> absences) => absences.Where(absence => absence is not null).MinBy(absence => absence!.Since);
}
