namespace Alatau.Iot.Engine;

/// <summary>Deadlines of one shard: a hierarchical timing wheel (Varghese and Lauck) of four levels. Arming, moving and expiring cost O(1) each; 16 bytes an entry, no object.</summary>
/// <remarks>Entries are small indexes with one deadline each. A deadline beyond the last level comes up early and is armed again by its owner, who looks at the real one anyway. Owned by one thread.</remarks>
internal sealed class TimingWheel
{
    private const int Bits = 8;
    private const int Slots = 1 << Bits;
    private const int Levels = 4;
    private const int None = -1;
    private const long NotArmed = long.MinValue;

    // A bucket's head is reached from its first entry's "previous" as ~bucket, so that an entry is taken out without a search.
    private readonly int[] _buckets = new int[Levels * Slots];
    private int[] _next = [];
    private int[] _previous = [];
    private long[] _ticks = [];

    /// <param name="now">The present tick.</param>
    public TimingWheel(long now)
    {
        Now = now;
        Array.Fill(_buckets, None);
    }

    /// <summary>Entries armed.</summary>
    public int Count { get; private set; }

    /// <summary>The tick it has advanced to.</summary>
    public long Now { get; private set; }

    /// <summary>Arms <paramref name="entry"/> for <paramref name="tick"/>, or leaves it where it is when it will come up earlier anyway: the owner then looks again.</summary>
    public void Arm(int entry, long tick)
    {
        Grow(entry);
        tick = Math.Max(tick, Now + 1);
        if (_ticks[entry] != NotArmed)
        {
            if (_ticks[entry] <= tick)
            {
                return;
            }

            Unlink(entry);
        }

        _ticks[entry] = tick;
        Link(entry);
        Count++;
    }

    public bool IsArmed(int entry) => entry < _ticks.Length && _ticks[entry] != NotArmed;

    /// <summary>Moves on to <paramref name="tick"/> and adds every entry that came up to <paramref name="expired"/>; they are no longer armed. A tick that lies back changes nothing.</summary>
    public void Advance(long tick, List<int> expired)
    {
        while (Now < tick)
        {
            if (Count == 0)
            {
                Now = tick;
                return;
            }

            Now++;
            for (int level = 1; level < Levels && (Now & ((1L << (Bits * level)) - 1)) == 0; level++)
            {
                Cascade((level * Slots) + (int)((Now >> (Bits * level)) & (Slots - 1)));
            }

            int bucket = (int)(Now & (Slots - 1));
            while (_buckets[bucket] != None)
            {
                int entry = _buckets[bucket];
                Unlink(entry);
                expired.Add(entry);
            }
        }
    }

    private void Cascade(int bucket)
    {
        int entry = _buckets[bucket];
        _buckets[bucket] = None;
        while (entry != None)
        {
            int next = _next[entry];
            Link(entry);
            entry = next;
        }
    }

    private void Link(int entry)
    {
        int bucket = BucketOf(_ticks[entry]);
        int head = _buckets[bucket];
        _next[entry] = head;
        _previous[entry] = ~bucket;
        if (head != None)
        {
            _previous[head] = entry;
        }

        _buckets[bucket] = entry;
    }

    private int BucketOf(long tick)
    {
        // The level is the highest at which tick and now differ; an entry then lies ahead of the hand at that level.
        long differing = tick ^ Now;
        int level = 0;
        while (level < Levels - 1 && differing >= 1L << (Bits * (level + 1)))
        {
            level++;
        }

        return (level * Slots) + (int)((tick >> (Bits * level)) & (Slots - 1));
    }

    private void Unlink(int entry)
    {
        int next = _next[entry];
        int previous = _previous[entry];
        if (previous >= 0)
        {
            _next[previous] = next;
        }
        else
        {
            _buckets[~previous] = next;
        }

        if (next != None)
        {
            _previous[next] = previous;
        }

        _ticks[entry] = NotArmed;
        Count--;
    }

    private void Grow(int entry)
    {
        if (entry >= _ticks.Length)
        {
            int old = _ticks.Length;
            int size = Math.Max(entry + 1, old * 2);
            Array.Resize(ref _next, size);
            Array.Resize(ref _previous, size);
            Array.Resize(ref _ticks, size);
            Array.Fill(_ticks, NotArmed, old, size - old);
        }
    }
}
