using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Storage.Outbox;

/// <content>What others see of the outbox.</content>
public sealed partial class HistoryOutbox : IMetricSource
{
    private readonly HashSet<(string Path, long Offset)> _damaged = [];
    private string? _fault;
    private bool _isFull;
    private long _spilledRecords;
    private long _spilledRows;
    private long _drainedRows;
    private long _tornTails;
    private long _damagedPlaces;
    private long _failures;

    /// <summary>What waits, and what became of it since the start.</summary>
    public OutboxState State
    {
        get
        {
            lock (_gate)
            {
                bool isEmpty = _records == 0;
                return new OutboxState(
                    isEmpty ? 0 : BytesOnDisk - _offset, _records, isEmpty ? null : _oldestAt, _segments.Count, _spilledRecords, _spilledRows, _drainedRows, _tornTails, _damagedPlaces, _failures, _isFull, _fault);
            }
        }
    }

    /// <summary>Bytes that wait, of those that may; 1 at least while nothing more may wait.</summary>
    public double Fill => State is { } state ? Math.Max(state.IsFull || state.Fault is not null ? 1 : 0, (double)state.Bytes / _options.MaximumBytes) : 0;

    private long BytesOnDisk => _segments.Sum(segment => segment.Length);

    public void WriteMetrics(IMetricWriter writer)
    {
        var state = State;
        writer.Gauge("outbox_bytes", "Bytes of history that wait on disk for the store.", state.Bytes);
        writer.Gauge("outbox_limit_bytes", "Bytes that may wait.", _options.MaximumBytes);
        writer.Gauge("outbox_batches", "Batches that wait on disk.", state.Batches);
        writer.Gauge("outbox_messages", "Messages whose last row waits on disk.", MessagesWaiting.Values.Sum());
        writer.Gauge("outbox_oldest_seconds", "For how long the oldest batch has waited.", state.OldestAt is { } oldest ? Math.Max(0, (Instant.Now(_time) - oldest).TotalSeconds) : 0);
        writer.Gauge("outbox_segments", "Segment files.", state.Segments);
        writer.Gauge("outbox_full", "1 while nothing more may wait and the shards are held up.", state.IsFull ? 1 : 0);
        writer.Counter("outbox_spilled_batches", "Batches spilled since the start.", state.SpilledBatches);
        writer.Counter("outbox_spilled_rows", "Rows spilled since the start.", state.SpilledRows);
        writer.Counter("outbox_drained_rows", "Rows the store took from disk since the start.", state.DrainedRows);
        writer.Counter("outbox_torn_tails", "Unfinished records cut off at the start.", state.TornTails);
        writer.Counter("outbox_damaged_places", "Places no record could be read from; their rows are lost.", state.DamagedPlaces);
        writer.Counter("outbox_lost_messages", "Messages whose rows were lost in damaged places since the outbox was made; they are quarantined.", LostMessages.Values.Sum());
        writer.Counter("outbox_failures", "Times the disk failed.", state.Failures);
    }

    private void BeFull()
    {
        if (!_isFull)
        {
            _isFull = true;
            OutboxLog.Full(_logger, _folder, BytesOnDisk);
        }
    }

    private void Fail(Exception exception)
    {
        _failures++;
        if (_fault is null)
        {
            OutboxLog.Failed(_logger, _folder, exception.Message);
        }

        _fault = exception.Message;
    }

    private void Damage(OutboxSegment segment, long offset, long bytes, string reason)
    {
        segment.IsDamaged = true;
        lock (_gate)
        {
            // Seen at the start, and again by the drain.
            if (!_damaged.Add((segment.Path, offset)))
            {
                return;
            }

            _damagedPlaces++;
        }

        OutboxLog.Damaged(_logger, segment.Path, offset, bytes, reason);
    }
}
