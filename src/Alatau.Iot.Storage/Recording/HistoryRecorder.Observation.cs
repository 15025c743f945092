using Alatau.Iot.Core.Observation;

namespace Alatau.Iot.Storage.Recording;

/// <content>What others see of the recorder: readiness and metrics.</content>
public sealed partial class HistoryRecorder : IMetricSource, IReadinessCheck
{
    /// <summary>The part readiness speaks of.</summary>
    public string Name => "history";

    /// <summary>Well while writes succeed, also while it is catching up (<see cref="CatchingUp"/>); else what the store said, since when, and the cure.</summary>
    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(Absence is { } absence ? $"The {_store.Name} store can't be written since {absence.Since} ({absence.Tries} tries). {absence.Error}{Waits()}" : Blocked());

    /// <summary>What still has to follow after an absence, in a line; null when the store has everything. Not an illness.</summary>
    public string? CatchingUp => _outbox is { IsEmpty: false } && !IsAway ? "history is catching up:" + Waits() : null;

    string? IReadinessCheck.Warning => CatchingUp;

    public void WriteMetrics(IMetricWriter writer)
    {
        (string, string) store = ("store", _store.Name);
        writer.Gauge("history_memory_batches", "Batches handed over that wait in memory.", BatchesWaiting, store);
        writer.Counter("history_rows_stored", "Rows the store has acknowledged.", RowsStored, store);
        writer.Counter("history_rows_rejected", "Rows the store refused for good; they are in rejected.log.", RowsRejected, store);
        writer.Counter("history_writes", "Writes that succeeded.", Writes, store);
        writer.Counter("history_write_failures", "Writes that failed and were tried again.", Failures, store);
        writer.Counter("history_shard_waits", "Times a shard waited for the store: back-pressure.", ShardWaits, store);
        writer.Counter("history_shard_wait_seconds", "Time shards have waited for the store.", ShardWaitTime.TotalSeconds, store);
        writer.Gauge("history_batches_in_use", "Batches filling or waiting for the store.", BatchesInUse, store);
        writer.Gauge("history_batches", "Batches there may be.", Batches, store);
        writer.Gauge("history_rows_waiting", "Rows handed over and not yet stored.", _lanes.Sum(lane => lane.RowsWaiting), store);
        writer.Gauge("history_store_away", "1 while the store can't be written.", IsAway ? 1 : 0, store);
        writer.Gauge("history_catching_up", "1 while history follows from the outbox.", CatchingUp is null ? 0 : 1, store);
    }

    /// <summary>Batches handed over that wait in memory, those in writing not among them.</summary>
    public int BatchesWaiting => _lanes.Sum(lane => lane.Waiting);

    private string? Blocked() => _outbox?.State is { IsFull: true } or { Fault: not null } ? "The outbox takes nothing more, so that devices have to wait." + Waits() : null;

    private string Waits()
    {
        if (_outbox?.State is not { Batches: > 0 } state)
        {
            return "";
        }

        string text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $" {state.Batches} batches ({state.Bytes} bytes) wait in the outbox, the oldest since {state.OldestAt}.");
        return state.Fault is { } fault ? text + " Its disk fails: " + fault : text;
    }
}
