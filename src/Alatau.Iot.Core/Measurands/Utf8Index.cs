namespace Alatau.Iot.Core.Measurands;

/// <summary>A fixed set of byte strings, each found by content; open addressing, no allocation on look-up, read by any thread.</summary>
public sealed class Utf8Index
{
    private readonly byte[][] _keys;
    private readonly int[] _slots;
    private readonly int _mask;

    /// <summary>Builds the index; the position of a key in <paramref name="keys"/> is what <see cref="Find"/> answers. Of equal keys the first wins.</summary>
    public Utf8Index(IEnumerable<byte[]> keys)
    {
        _keys = [.. keys];
        int size = 4;
        while (size < _keys.Length * 2)
        {
            size *= 2;
        }

        _mask = size - 1;
        _slots = new int[size];
        for (int i = 0; i < _keys.Length; i++)
        {
            int slot = (int)(Hash(_keys[i]) & (uint)_mask);
            while (_slots[slot] != 0 && !_keys[_slots[slot] - 1].AsSpan().SequenceEqual(_keys[i]))
            {
                slot = (slot + 1) & _mask;
            }

            if (_slots[slot] == 0)
            {
                _slots[slot] = i + 1;
            }
        }
    }

    public int Count => _keys.Length;

    /// <summary>Position of <paramref name="key"/>, or -1.</summary>
    public int Find(ReadOnlySpan<byte> key)
    {
        int slot = (int)(Hash(key) & (uint)_mask);
        while (true)
        {
            int position = _slots[slot];
            if (position == 0)
            {
                return -1;
            }

            if (key.SequenceEqual(_keys[position - 1]))
            {
                return position - 1;
            }

            slot = (slot + 1) & _mask;
        }
    }

    /// <summary>FNV-1a over length, first eight and last eight bytes folded: names differ there; the set is fixed by us, so no attacker chooses keys in it.</summary>
    private static uint Hash(ReadOnlySpan<byte> key)
    {
        ulong h = 14695981039346656037UL ^ (uint)key.Length;
        if (key.Length >= 8)
        {
            h = (h ^ BitConverter.ToUInt64(key)) * 1099511628211UL;
            h ^= h >> 29;
            h = (h ^ BitConverter.ToUInt64(key[^8..])) * 0x9E3779B97F4A7C15UL;
        }
        else
        {
            foreach (byte b in key)
            {
                h = (h ^ b) * 1099511628211UL;
            }
        }

        return (uint)(h >> 32) ^ (uint)h;
    }
}
