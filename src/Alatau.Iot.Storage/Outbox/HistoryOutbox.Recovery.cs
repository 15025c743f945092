namespace Alatau.Iot.Storage.Outbox;

/// <content>What a start finds on disk: headers of every segment, bodies of the last, whose end a kill or a loss of power may have torn.</content>
public sealed partial class HistoryOutbox
{
    private void Recover()
    {
        var place = _cursor.Read(out bool isDamaged);
        (long cursor, _sure) = (place.Acknowledged, place.Sure);
        if (isDamaged)
        {
            OutboxLog.CursorDamaged(_logger, _folder);
        }

        var found = OutboxSegment.InFolder(_folder).ToList();
        for (int i = 0; i < found.Count; i++)
        {
            Scan(found[i], cursor, isLast: i == found.Count - 1);
        }

        _nextNumber = Math.Max(_nextNumber, Math.Max(cursor, _sure));
        _acknowledged = Math.Max(1, Math.Max(cursor, 0));
        FindMissing(place);
        if (_records > 0)
        {
            OutboxLog.Found(_logger, _folder, _records, BytesOnDisk);
        }
    }

    private void Scan(OutboxSegment segment, long cursor, bool isLast)
    {
        long end = RandomAccess.GetLength(segment.Handle);
        long first = -1;
        long offset = OutboxSegment.HeadLength;
        if (!segment.HasHead())
        {
            first = segment.FindHeader(0, end);
            segment.IsDamaged = end > OutboxSegment.HeadLength;
            offset = first;
        }

        first = -1;
        while (offset < end)
        {
            var header = segment.ReadHeader(offset);
            bool isWhole = header is not null && offset + header.TotalLength <= end;
            if (!isWhole || (isLast && offset + header!.TotalLength == end && !IsSound(segment, header, offset)))
            {
                long next = isWhole ? end : segment.FindHeader(offset + 1, end);
                if (next == end)
                {
                    Cut(segment, offset, end);
                    end = offset;
                    break;
                }

                Damage(segment, offset, next - offset, "no record starts there");
                offset = next;
                continue;
            }

            _nextNumber = Math.Max(_nextNumber, header!.Number + 1);
            if (header.Number >= cursor)
            {
                first = first < 0 ? offset : first;
                Keep(header);
            }

            offset += header.TotalLength;
        }

        (segment.Length, segment.IsDirty) = (end, true);
        if (first < 0)
        {
            segment.Remove();
            return;
        }

        _offset = _segments.Count == 0 ? first : _offset;
        _segments.Add(segment);
    }

    private void Keep(RecordHeader header)
    {
        _oldestAt = _records == 0 ? header.SpilledAt : _oldestAt;
        _records++;
        Add(_messages, header.Messages);
        Add(_spilledMessages, header.Messages);
        if (header.Number < _sure)
        {
            Add(_sureMessages, header.Messages);
        }
    }

    private bool IsSound(OutboxSegment segment, RecordHeader header, long offset)
    {
        if (_body.Length < header.BodyLength)
        {
            _body = new byte[header.BodyLength];
        }

        return segment.TryReadBody(header, offset, _body.AsSpan(0, header.BodyLength));
    }

    private void Cut(OutboxSegment segment, long offset, long end)
    {
        _tornTails++;
        OutboxLog.Torn(_logger, segment.Path, offset, end - offset);
        RandomAccess.SetLength(segment.Handle, offset);
    }
}
