using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>Readings of one message on their way to their assets: reused for every message, grows to its bound, never shrinks. One thread at a time.</summary>
/// <remarks>Almost every message concerns one device and has one segment without a key; a Sparkplug node's death has a segment for each of its devices.</remarks>
public sealed class ReadingBuffer
{
    /// <summary>Most readings of one message; a payload with more goes to quarantine as too large.</summary>
    public const int MaximumReadings = 10_000;

    private Reading[] _readings = new Reading[64];
    private Slot[] _slots = [];
    private (string? Key, int Start)[] _starts = new (string?, int)[4];
    private int _segments;

    public int Count { get; private set; }

    /// <summary>All readings, in the order of the payload. Valid until the next decoding into this buffer.</summary>
    public ReadOnlySpan<Reading> Readings => _readings.AsSpan(0, Count);

    /// <summary>Number of segments; 0 when the buffer is empty.</summary>
    public int SegmentCount => Count == 0 ? 0 : Math.Max(_segments, 1);

    /// <summary>One segment, in the order of the payload.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="index"/> is not below <see cref="SegmentCount"/>.</exception>
    public ReadingSegment Segment(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)SegmentCount, nameof(index));
        if (_segments == 0)
        {
            return new ReadingSegment(null, 0, Count);
        }

        int end = index + 1 < _segments ? _starts[index + 1].Start : Count;
        return new ReadingSegment(_starts[index].Key, _starts[index].Start, end - _starts[index].Start);
    }

    internal void Clear()
    {
        Count = 0;
        _segments = 0;
    }

    internal bool TryAdd(in Reading reading)
    {
        if (Count == _readings.Length && !Grow())
        {
            return false;
        }

        _readings[Count++] = reading;
        return true;
    }

    /// <summary>Readings added from here on belong to <paramref name="deviceKey"/>. A segment that stays empty vanishes.</summary>
    internal void BeginSegment(string? deviceKey)
    {
        if (_segments > 0 && _starts[_segments - 1].Start == Count)
        {
            _segments--;
        }

        if (_segments == _starts.Length)
        {
            Array.Resize(ref _starts, _segments * 2);
        }

        _starts[_segments++] = (deviceKey, Count);
    }

    /// <summary>Drops a last segment that stayed empty.</summary>
    internal void EndSegments()
    {
        if (_segments > 0 && _starts[_segments - 1].Start == Count)
        {
            _segments--;
        }
    }

    /// <summary>Gives all readings from <paramref name="start"/> on the time, number and origin of the object they came in.</summary>
    /// <remarks>A retained value without a time of its own may be of any age: it is uncertain at best.</remarks>
    internal void Stamp(int start, Instant measuredAt, uint sequence, ReadingOrigin origin)
    {
        var best = origin == (ReadingOrigin.TimeOfArrival | ReadingOrigin.Retained) ? Quality.Uncertain : Quality.Good;
        foreach (ref var reading in _readings.AsSpan(start, Count - start))
        {
            reading = new Reading(measuredAt, reading.Value, sequence, reading.Measurand, reading.Quality > best ? reading.Quality : best, origin);
        }
    }

    /// <summary>Scratch of the JSON decoder, emptied; valid until the next call.</summary>
    internal Span<Slot> Slots(int count)
    {
        if (_slots.Length < count)
        {
            _slots = new Slot[count];
        }

        var slots = _slots.AsSpan(0, count);
        slots.Clear();
        return slots;
    }

    private bool Grow()
    {
        if (Count >= MaximumReadings)
        {
            return false;
        }

        Array.Resize(ref _readings, Math.Min(_readings.Length * 2, MaximumReadings));
        return true;
    }
}
