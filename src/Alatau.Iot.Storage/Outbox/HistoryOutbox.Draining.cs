using System.Diagnostics;

namespace Alatau.Iot.Storage.Outbox;

/// <content>The way out: chunk after chunk, each acknowledged before the next is read. One caller.</content>
public sealed partial class HistoryOutbox
{
    /// <summary>Reads the oldest records, up to <paramref name="rows"/> rows and at least one record.</summary>
    /// <returns>False when there is none.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    internal bool TryRead(OutboxChunk chunk, int rows)
    {
        chunk.Clear();
        OutboxSegment segment;
        long end;
        lock (_gate)
        {
            if (_records == 0)
            {
                return false;
            }

            (segment, end, chunk.NextOffset, chunk.NextNumber) = (_segments[0], _segments[0].Length, _offset, _acknowledged);
        }

        while (chunk.NextOffset < end && chunk.Rows.Count + chunk.Rejected.Count < rows)
        {
            if (segment.ReadHeader(chunk.NextOffset) is { } header && chunk.NextOffset + header.TotalLength <= end)
            {
                Read(segment, header, chunk);
                chunk.NextOffset += header.TotalLength;
            }
            else
            {
                // Its records are counted by the numbers that are missing.
                long next = segment.FindHeader(chunk.NextOffset + 1, end);
                Damage(segment, chunk.NextOffset, next - chunk.NextOffset, "no record starts there");
                chunk.NextOffset = next;
            }
        }

        return true;
    }

    /// <summary>The store has what was read: forgets it, and deletes the segment when that was its last.</summary>
    internal void Acknowledge(OutboxChunk chunk)
    {
        lock (_gate)
        {
            Debug.Assert(chunk.NextOffset <= _segments[0].Length, "Acknowledged past the end.");
            _offset = chunk.NextOffset;
            _acknowledged = chunk.NextNumber;
            _drainedRows += chunk.Rows.Count - chunk.Copies;
            Interlocked.Add(ref _records, -chunk.Records);
            foreach (var (route, messages) in chunk.Messages)
            {
                _messages[route] -= messages;
            }

            try
            {
                if (_offset >= _segments[0].Length)
                {
                    RemoveFirst();
                }

                _cursor.Write(_acknowledged);
                _oldestAt = _records > 0 && _segments[0].ReadHeader(_offset) is { } next ? next.SpilledAt : _oldestAt;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Some rows go to the store once more after a restart, which changes nothing there.
                Fail(exception);
            }
        }

        _isFull = false;
        Drained.Pulse();
    }

    private void Read(OutboxSegment segment, RecordHeader header, OutboxChunk chunk)
    {
        chunk.Records++;
        chunk.NextNumber = header.Number + 1;
        foreach (var (route, messages) in header.Messages)
        {
            chunk.Messages[route] = chunk.Messages.GetValueOrDefault(route) + messages;
        }

        if (_body.Length < header.BodyLength)
        {
            _body = new byte[Math.Max(header.BodyLength, _body.Length * 2)];
        }

        var body = _body.AsSpan(0, header.BodyLength);
        string reason = "the checksum is wrong";
        (int readings, int windows, int transitions, int rejected) = (chunk.Rows.Readings.Count, chunk.Rows.Windows.Count, chunk.Rows.Transitions.Count, chunk.Rejected.Count);
        try
        {
            if (segment.TryReadBody(header, chunk.NextOffset, body))
            {
                _decoder.Decode(body, chunk.Rows, chunk.Rejected);
                chunk.Copies += header.Kind == RecordKind.Copied ? header.Rows : 0;
                return;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            reason = exception.Message;
            chunk.Rows.Readings.RemoveRange(readings, chunk.Rows.Readings.Count - readings);
            chunk.Rows.Windows.RemoveRange(windows, chunk.Rows.Windows.Count - windows);
            chunk.Rows.Transitions.RemoveRange(transitions, chunk.Rows.Transitions.Count - transitions);
            chunk.Rejected.RemoveRange(rejected, chunk.Rejected.Count - rejected);
        }

        // Its messages are not stored and never will be: they stay waiting in the ledger, which shows the loss.
        foreach (var (route, messages) in header.Messages)
        {
            chunk.LostMessages[route] = chunk.LostMessages.GetValueOrDefault(route) + messages;
        }

        chunk.Damaged++;
        Damage(segment, chunk.NextOffset, header.TotalLength, reason);
    }

    // The segment drained to its end; only an empty outbox may lack the next.
    private void RemoveFirst()
    {
        var first = _segments[0];
        if (_segments.Count == 1)
        {
            // A damaged place may have hidden records that were counted at the start.
            Interlocked.Exchange(ref _records, 0);
            _messages.Clear();
            _acknowledged = _nextNumber;
        }

        _active = first == _active ? null : _active;
        _segments.RemoveAt(0);
        _offset = OutboxSegment.HeadLength;
        first.Remove();
    }
}
