using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Live;

/// <summary>One value for each of the latest time slots; a slot without a value is NaN. One thread writes; a reader may see a slot that is just being replaced, which moves one pixel.</summary>
/// <remarks>Takes room for what it holds: it begins with four slots and doubles up to all of them.</remarks>
internal sealed class SlotRing
{
    private const int SmallestLength = 4;

    private readonly int _count;
    private readonly long _slotMilliseconds;
    private float[] _values;
    private long _first = long.MaxValue;
    private long _latest = long.MinValue;

    public SlotRing(TimeSpan slot, int count)
    {
        (_slotMilliseconds, _count) = ((long)slot.TotalMilliseconds, count);
        _values = Empty(Math.Min(SmallestLength, count));
    }

    /// <summary>Keeps the latest value of its slot; a value older than the ring is left out.</summary>
    public void Set(Instant at, double value)
    {
        long slot = Slot(at);
        long latest = Volatile.Read(ref _latest);
        if (latest != long.MinValue && slot <= latest - _count)
        {
            return;
        }

        _first = Math.Min(_first, slot);
        Grow(Math.Max(slot, latest) - _first + 1, latest);
        if (slot > latest)
        {
            long from = latest == long.MinValue || slot - latest >= _values.Length ? slot - _values.Length + 1 : latest + 1;
            for (long gone = from; gone < slot; gone++)
            {
                _values[Index(_values, gone)] = float.NaN;
            }

            _values[Index(_values, slot)] = (float)value;
            Volatile.Write(ref _latest, slot);
        }
        else
        {
            _values[Index(_values, slot)] = (float)value;
        }
    }

    /// <summary>The slots up to the one that holds <paramref name="now"/>, oldest first.</summary>
    public float[] Read(Instant now)
    {
        long last = Slot(now);
        long latest = Volatile.Read(ref _latest);
        float[] kept = Volatile.Read(ref _values);
        var values = new float[_count];
        for (int i = 0; i < values.Length; i++)
        {
            long slot = last - values.Length + 1 + i;
            values[i] = latest != long.MinValue && slot <= latest && slot > latest - kept.Length ? kept[Index(kept, slot)] : float.NaN;
        }

        return values;
    }

    /// <summary>Start of the oldest slot that <see cref="Read"/> answers at <paramref name="now"/>.</summary>
    public Instant StartAt(Instant now) => new((Slot(now) - _count + 1) * _slotMilliseconds);

    public TimeSpan SlotLength => TimeSpan.FromMilliseconds(_slotMilliseconds);

    private static float[] Empty(int length)
    {
        float[] values = new float[length];
        Array.Fill(values, float.NaN);
        return values;
    }

    private static int Index(float[] values, long slot) => (int)(((slot % values.Length) + values.Length) % values.Length);

    private long Slot(Instant at) => (long)Math.Floor((double)at.UnixMilliseconds / _slotMilliseconds);

    /// <summary>Makes room for as many slots as were ever spanned, while the ring is not whole.</summary>
    private void Grow(long needed, long latest)
    {
        float[] old = _values;
        if (needed <= old.Length || old.Length == _count)
        {
            return;
        }

        int length = old.Length;
        while (length < needed && length < _count)
        {
            length = Math.Min(_count, length * 2);
        }

        float[] values = Empty(length);
        for (long slot = latest; latest != long.MinValue && slot > latest - old.Length; slot--)
        {
            values[Index(values, slot)] = old[Index(old, slot)];
        }

        Volatile.Write(ref _values, values);
    }
}
