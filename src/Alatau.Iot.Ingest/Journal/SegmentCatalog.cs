using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Journal;

/// <summary>The segments there are, in order. Any thread.</summary>
internal sealed class SegmentCatalog
{
    private readonly Lock _gate = new();
    private readonly List<Segment> _segments = [];
    private long _bytes;
    private long _reserved;

    /// <summary>Bytes of all files, those included that are being prepared.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes + _reserved;
            }
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _segments.Count;
            }
        }
    }

    /// <summary>Position of the oldest record there may be; 0 when there is no segment.</summary>
    public long First
    {
        get
        {
            lock (_gate)
            {
                return _segments.Count == 0 ? 0 : _segments[0].First;
            }
        }
    }

    /// <summary>Takes bytes out of the limit for a file that is about to be made. They count until <see cref="AddReserved"/> or <see cref="Unreserve"/>.</summary>
    public bool TryReserve(long bytes, long maximum)
    {
        lock (_gate)
        {
            if (_bytes + _reserved + bytes > maximum)
            {
                return false;
            }

            _reserved += bytes;
            return true;
        }
    }

    public void Unreserve(long bytes)
    {
        lock (_gate)
        {
            _reserved -= bytes;
        }
    }

    /// <summary>Adds a segment whose bytes were reserved.</summary>
    public void AddReserved(Segment segment)
    {
        lock (_gate)
        {
            _reserved -= segment.FileBytes;
            Add(segment);
        }
    }

    public void Add(Segment segment)
    {
        lock (_gate)
        {
            _segments.Add(segment);
            _bytes += segment.FileBytes;
        }
    }

    /// <summary>Moves the newest segment's end after a commit.</summary>
    public void Extend(Segment segment, long last, long end)
    {
        lock (_gate)
        {
            segment.Last = last;
            segment.End = end;
        }
    }

    public void Resize(Segment segment, long fileBytes)
    {
        lock (_gate)
        {
            _bytes += fileBytes - segment.FileBytes;
            segment.FileBytes = fileBytes;
        }
    }

    /// <summary>The segment that holds the position, else the first one after it.</summary>
    public bool TryFind(long position, out SegmentExtent extent)
    {
        lock (_gate)
        {
            for (int i = _segments.Count - 1; i >= 0; i--)
            {
                if (_segments[i].First <= position || i == 0)
                {
                    if (_segments[i].Last < position && i + 1 < _segments.Count)
                    {
                        i++;
                    }

                    var segment = _segments[i];
                    extent = new SegmentExtent(segment, segment.Last, segment.End, i == _segments.Count - 1);
                    return segment.Last >= position;
                }
            }
        }

        extent = default;
        return false;
    }

    /// <summary>What may be read of the segment now.</summary>
    public SegmentExtent Refresh(Segment segment)
    {
        lock (_gate)
        {
            return new SegmentExtent(segment, segment.Last, segment.End, _segments.Count > 0 && ReferenceEquals(_segments[^1], segment));
        }
    }

    public bool Contains(Segment segment)
    {
        lock (_gate)
        {
            return _segments.Contains(segment);
        }
    }

    /// <summary>Whether <see cref="TryTakeReleased"/> would find one, if released ones were not kept.</summary>
    public bool HasReleased(long position) => HasReleased(position, Instant.MaxValue, 0);

    /// <summary>Whether <see cref="TryTakeReleased"/> would find one.</summary>
    public bool HasReleased(long position, Instant before, long bytes)
    {
        lock (_gate)
        {
            return IsFirstReleased(position, before, bytes);
        }
    }

    /// <summary>Takes out the oldest segment when every record in it is at or below the position; the newest stays, because it knows where the journal ends.</summary>
    /// <param name="before">It stays, too, unless its last record was before that time,</param>
    /// <param name="bytes">or all files take more than this.</param>
    public bool TryTakeReleased(long position, Instant before, long bytes, out Segment segment)
    {
        lock (_gate)
        {
            if (IsFirstReleased(position, before, bytes))
            {
                segment = _segments[0];
                _segments.RemoveAt(0);
                _bytes -= segment.FileBytes;
                return true;
            }
        }

        segment = null!;
        return false;
    }

    // The next one was begun when it had got its last record.
    private bool IsFirstReleased(long position, Instant before, long bytes) =>
        _segments.Count > 1 && _segments[0].Last <= position && (_segments[1].Header.Created <= before || _bytes + _reserved > bytes);
}
