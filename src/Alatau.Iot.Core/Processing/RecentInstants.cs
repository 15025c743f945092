using System.Runtime.CompilerServices;

namespace Alatau.Iot.Core.Processing;

/// <summary>The last eight instants at which a group of sixteen slots had readings, with a bit for each slot. 64 bytes, exact: 48 bits of milliseconds and 16 of slots a word.</summary>
[InlineArray(Length)]
internal struct RecentInstants
{
    /// <summary>Instants remembered.</summary>
    public const int Length = 8;

    /// <summary>Slots that share one memory.</summary>
    public const int GroupSize = 16;

    private const int SlotBits = 16;

    private ulong _first;

    /// <summary>What is known of a reading of slot <paramref name="slot"/> at <paramref name="milliseconds"/>.</summary>
    /// <param name="ring">Eight words.</param>
    /// <param name="head">Index of the instant added last.</param>
    /// <param name="milliseconds">Unix milliseconds, 1 to 2^48 exclusive, as the clock guard ensures.</param>
    /// <param name="slot">Within the group.</param>
    /// <param name="index">Where the instant stands; -1 when it isn't remembered.</param>
    /// <returns>True when the slot had a reading at that instant.</returns>
    public static bool Find(ReadOnlySpan<ulong> ring, int head, long milliseconds, int slot, out int index)
    {
        ulong key = (ulong)milliseconds << SlotBits;
        if ((ring[head] & ~0xFFFFUL) == key)
        {
            index = head;
            return (ring[head] & (1UL << slot)) != 0;
        }

        for (int i = 0; i < ring.Length; i++)
        {
            if ((ring[i] & ~0xFFFFUL) == key)
            {
                index = i;
                return (ring[i] & (1UL << slot)) != 0;
            }
        }

        index = -1;
        return false;
    }

    /// <summary>Remembers the slot at an instant found by <see cref="Find"/>, or puts the instant in the place of the one added longest ago.</summary>
    /// <returns>The new head.</returns>
    public static int Remember(Span<ulong> ring, int head, long milliseconds, int slot, int index)
    {
        if (index >= 0)
        {
            ring[index] |= 1UL << slot;
            return head;
        }

        head = (head + 1) & (Length - 1);
        ring[head] = ((ulong)milliseconds << SlotBits) | (1UL << slot);
        return head;
    }
}
