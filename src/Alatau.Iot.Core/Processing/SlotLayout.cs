using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Makes room in a state for one more measurand. Arrays grow by one slot exactly while an asset is small: its measurands come once, its bytes stay.</summary>
internal static class SlotLayout
{
    private const int ExactUpTo = 8;
    private const int MostPrepared = 16;
    /// <summary>Unit of the registers that a rated power bounds.</summary>
    internal const string EnergyUnit = "Wh";

    /// <summary>Makes room at once for the measurands of an asset's first message, so that a hundred thousand new assets don't leave behind every size in between.</summary>
    public static void Prepare(AssetState state, ReadOnlySpan<Reading> readings)
    {
        int measurands = 0;
        while (measurands < Math.Min(readings.Length, MostPrepared) && (measurands == 0 || readings[measurands].Measurand != readings[0].Measurand))
        {
            measurands++;
        }

        state.Slots = new SlotState[measurands];
    }

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

        state.Slots[index] = new SlotState { Measurand = measurand.Id, Counter = counter, CounterFlags = measurand.Unit == EnergyUnit ? CounterFlags.IsEnergy : CounterFlags.None, Watchers = watchers, NewestAt = Instant.MinValue };
        state.SlotCount++;
        int groups = index / RecentInstants.GroupSize;
        if (groups > 0)
        {
            state.Rare ??= new RareState();
            if (state.Rare.MoreRecent.Length < groups * RecentInstants.Length)
            {
                Array.Resize(ref state.Rare.MoreRecent, groups * RecentInstants.Length);
            }
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
