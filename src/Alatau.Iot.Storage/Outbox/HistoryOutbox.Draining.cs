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

            if (_offset >= _segments[0].Length && _segments.Count > 1)
            {
                // It is drained, and the disk didn't take the word of it.
                if (!TryWritePlace())
                {
                    throw new IOException(_fault);
                }

                RemoveFirst();
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
                // What its records held is found by what the others don't.
                long next = segment.FindHeader(chunk.NextOffset + 1, end);
                chunk.HiddenAt ??= PlaceOf(segment, chunk.NextOffset, next - chunk.NextOffset);
                Damage(segment, chunk.NextOffset, next - chunk.NextOffset, "no record starts there");
                chunk.NextOffset = next;
            }
        }

        return true;
    }

    /// <summary>The store has what was read: forgets it, and deletes the segment when that was its last. What couldn't be read is lost from now on, in the account and on disk.</summary>
    internal void Acknowledge(OutboxChunk chunk)
    {
        lock (_gate)
        {
            Debug.Assert(chunk.NextOffset <= _segments[0].Length, "Acknowledged past the end.");
            try
            {
                long records = _records - chunk.Records;
                if (chunk.HiddenAt is not null && Hidden(chunk, out records) is { Messages.Count: > 0 } hidden)
                {
                    chunk.Losses.Add(hidden);
                    Add(chunk.Messages, hidden.Messages);
                }

                Leave(chunk, records);
                bool isDrained = _offset >= _segments[0].Length;
                if (TryWritePlace() && isDrained)
                {
                    RemoveFirst();
                }

                _oldestAt = _records > 0 && _segments[0].ReadHeader(_offset) is { } next ? next.SpilledAt : _oldestAt;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                Fail(exception);
            }
        }

        Tell(chunk.Losses);
        _isFull = false;
        Drained.Pulse();
    }

    // Into the ledger first: who waits for the outbox to be empty finds everything counted.
    private void Leave(OutboxChunk chunk, long records)
    {
        chunk.Losses.ForEach(Lose);
        (_offset, _acknowledged) = (chunk.NextOffset, chunk.NextNumber);
        _drainedRows += chunk.Rows.Count - chunk.Copies;
        Add(_messages, Pairs(chunk.Messages), -1);
        Add(_leftMessages, Pairs(chunk.Messages));
        if (_segments.Count == 1 && _offset >= _segments[0].Length)
        {
            // A damaged place may have hidden records that were counted at the start.
            (records, _acknowledged) = (0, _nextNumber);
            _messages.Clear();
        }

        Interlocked.Exchange(ref _records, records);
    }

    private void Read(OutboxSegment segment, RecordHeader header, OutboxChunk chunk)
    {
        chunk.Records++;
        chunk.NextNumber = header.Number + 1;
        Add(chunk.Messages, header.Messages);

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

        Add(chunk.LostMessages, header.Messages);
        if (header.Messages.Count > 0)
        {
            chunk.Losses.Add(new OutboxLoss(PlaceOf(segment, chunk.NextOffset, header.TotalLength), reason, header.Messages));
        }

        Damage(segment, chunk.NextOffset, header.TotalLength, reason);
    }

    private static string PlaceOf(OutboxSegment segment, long offset, long bytes) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{segment.Path}' from byte {offset} on for {bytes} bytes");

    // The segment drained to its end; only an empty outbox may lack the next.
    private void RemoveFirst()
    {
        var first = _segments[0];
        _active = first == _active ? null : _active;
        _segments.RemoveAt(0);
        _offset = OutboxSegment.HeadLength;
        first.Remove();
    }
}
