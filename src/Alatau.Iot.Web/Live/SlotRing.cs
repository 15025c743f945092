using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Live;

/// <summary>One value for each of the latest time slots; a slot without a value is NaN. One thread writes; a reader may see a slot that is just being replaced, which moves one pixel.</summary>
internal sealed class SlotRing
{
    private readonly float[] _values;
    private readonly long _slotMilliseconds;
    private long _latest = long.MinValue;

    public SlotRing(TimeSpan slot, int count)
    {
        _slotMilliseconds = (long)slot.TotalMilliseconds;
        _values = new float[count];
        Array.Fill(_values, float.NaN);
    }

    /// <summary>Keeps the latest value of its slot; a value older than the ring is left out.</summary>
    public void Set(Instant at, double value)
    {
        long slot = Slot(at);
        long latest = Volatile.Read(ref _latest);
        if (slot > latest)
        {
            long from = latest == long.MinValue || slot - latest >= _values.Length ? slot - _values.Length + 1 : latest + 1;
            for (long gone = from; gone < slot; gone++)
            {
                _values[Index(gone)] = float.NaN;
            }

            _values[Index(slot)] = (float)value;
            Volatile.Write(ref _latest, slot);
        }
        else if (slot > latest - _values.Length)
        {
            _values[Index(slot)] = (float)value;
        }
    }

    /// <summary>The slots up to the one that holds <paramref name="now"/>, oldest first.</summary>
    public float[] Read(Instant now)
    {
        long last = Slot(now);
        long latest = Volatile.Read(ref _latest);
        var values = new float[_values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            long slot = last - values.Length + 1 + i;
            values[i] = latest != long.MinValue && slot <= latest && slot > latest - _values.Length ? _values[Index(slot)] : float.NaN;
        }

        return values;
    }

    /// <summary>Start of the oldest slot that <see cref="Read"/> answers at <paramref name="now"/>.</summary>
    public Instant StartAt(Instant now) => new((Slot(now) - _values.Length + 1) * _slotMilliseconds);

    public TimeSpan SlotLength => TimeSpan.FromMilliseconds(_slotMilliseconds);

    private long Slot(Instant at) => (long)Math.Floor((double)at.UnixMilliseconds / _slotMilliseconds);

    private int Index(long slot) => (int)(((slot % _values.Length) + _values.Length) % _values.Length);
}
