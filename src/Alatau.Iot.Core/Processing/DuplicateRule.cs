using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Finds readings that were taken before, by what little an asset remembers; the bound is stated on <see cref="AssetProcessor"/>.</summary>
internal static class DuplicateRule
{
    /// <summary>Whether the reading was taken before; remembers it when not.</summary>
    /// <param name="index">Of the slot in its asset.</param>
    /// <param name="sequenceTaken">Whether the number of its message was taken in the present era.</param>
    public static bool Applies(AssetState state, in SlotState slot, int index, in Reading reading, bool sequenceTaken)
    {
        int group = index / RecentInstants.GroupSize;
        int bit = index % RecentInstants.GroupSize;
        Span<ulong> ring = group == 0 ? state.Recent : state.Rare!.MoreRecent.AsSpan((group - 1) * RecentInstants.Length, RecentInstants.Length);
        int head = (state.RecentHeads >> (group * 4)) & (RecentInstants.Length - 1);
        long measured = reading.MeasuredAt.UnixMilliseconds;
        if (RecentInstants.Find(ring, head, measured, bit, out int at))
        {
            return true;
        }

        if (at < 0)
        {
            var latestAt = state.LatestOf(index).At;
            if (reading.MeasuredAt == latestAt || reading.MeasuredAt == slot.NewestAt)
            {
                return true;
            }

            bool isOlder = reading.MeasuredAt < Instant.Max(latestAt, slot.NewestAt);
            if (sequenceTaken && isOlder && state.Sequences.Covers(reading.MeasuredAt))
            {
                return true;
            }
        }

        int newHead = RecentInstants.Remember(ring, head, measured, bit, at);
        state.RecentHeads = (ushort)((state.RecentHeads & ~(0xF << (group * 4))) | (newHead << (group * 4)));
        return false;
    }
}
