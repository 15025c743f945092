using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Makes room in a state for one more measurand. Arrays grow by one slot exactly while an asset is small: its measurands come once, its bytes stay.</summary>
internal static class SlotLayout
{
    private const int ExactUpTo = 8;
    private const string EnergyUnit = "Wh";

    /// <returns>Index of the new slot.</returns>
    public static int Add(AssetState state, Measurand measurand, ushort watchers)
    {
        int index = state.SlotCount;
        Grow(ref state.Slots, index);
        byte counter = SlotState.NoCounter;
        if (measurand.Kind == MeasurandKind.Counter)
        {
            counter = state.CounterCount;
            Grow(ref state.Counters, counter);
            state.CounterCount++;
        }

        state.Slots[index] = new SlotState { Measurand = measurand.Id, Counter = counter, CounterFlags = measurand.Unit == EnergyUnit ? CounterFlags.IsEnergy : CounterFlags.None, Watchers = watchers, LatestAt = Instant.MinValue, NewestAt = Instant.MinValue };
        state.SlotCount++;
        int groups = index / RecentInstants.GroupSize;
        if (groups > 0 && (state.MoreRecent?.Length ?? 0) < groups * RecentInstants.Length)
        {
            Array.Resize(ref state.MoreRecent, groups * RecentInstants.Length);
        }

        return index;
    }

    private static void Grow<T>(ref T[] array, int needed)
    {
        if (needed == array.Length)
        {
            Array.Resize(ref array, needed < ExactUpTo ? needed + 1 : needed + 4);
        }
    }
}
