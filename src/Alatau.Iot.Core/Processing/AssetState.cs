using System.Runtime.CompilerServices;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Processing;

/// <summary>Everything that changes while an asset lives: latest values, held windows, counters, alarms. Made by <see cref="AssetProcessor.Create"/>, owned by one thread: its shard's.</summary>
/// <remarks>About 1 KB with six measurands: 112 bytes for each of them, 48 more for each counter.</remarks>
public sealed class AssetState
{
    /// <summary>Value of <see cref="NextWindowEndMinute"/> when nothing waits to be published.</summary>
    internal const int NoWindow = int.MaxValue;

    /// <summary>Value of <see cref="DayStartMinute"/> before the first counter.</summary>
    internal const int NoDay = int.MinValue;

    internal RecentInstants Recent;
    internal SequenceMemory Sequences;
    internal SlotState[] Slots = [];
    internal CounterState[] Counters = [];

    internal AssetAlarms? Alarms;

    /// <summary>What few assets need; null for all others.</summary>
    internal RareState? Rare;

    /// <summary>Arrival of the first message, or the latest start of the platform since; silence counts from here at the earliest.</summary>
    internal Instant ArmedAt = Instant.MinValue;
    internal long ReadingCount;

    /// <summary>Rated active power in W; 0 when unknown.</summary>
    internal float RatedWatts;

    /// <summary>0 when unknown.</summary>
    internal int ReportingIntervalMilliseconds;

    /// <summary>How far the device's clock is ahead of ours in milliseconds (<see cref="ClockEstimate"/>); negative when behind.</summary>
    internal int ClockAheadMilliseconds;

    /// <summary>Start of the local day that the counters' gains of today belong to, in minutes since 1970, as no zone has a finer offset; <see cref="NoDay"/> before the first.</summary>
    internal int DayStartMinute = NoDay;

    /// <summary>Earliest end of a window with something unpublished, in minutes since 1970.</summary>
    internal int NextWindowEndMinute = NoWindow;

    /// <summary>Four bits for each sixteen slots: which instant was remembered last.</summary>
    internal ushort RecentHeads;

    /// <summary>Index of the site in the processor's days.</summary>
    internal ushort Site;
    internal byte SlotCount;
    internal byte CounterCount;
    internal AssetKind Kind;

    /// <summary>Whether it gave the sign that it is silent or goes, and none since that it is heard. Not kept in a checkpoint: a census finds it.</summary>
    internal bool IsSilent;

    internal AssetState(AssetHandle handle) => Handle = handle;

    /// <summary>Whose state.</summary>
    public AssetHandle Handle { get; }

    /// <summary><see cref="DayStartMinute"/> as an instant; <see cref="Instant.MinValue"/> before the first.</summary>
    internal Instant DayStart
    {
        get => DayStartMinute == NoDay ? Instant.MinValue : new Instant(DayStartMinute * 60_000L);
        set => DayStartMinute = value == Instant.MinValue ? NoDay : (int)(value.UnixMilliseconds / 60_000);
    }

    /// <summary>Newest MeasuredAt of a live, usable reading of any measurand: the asset's own clock. <see cref="Instant.MinValue"/> before the first.</summary>
    public Instant Watermark { get; internal set; } = Instant.MinValue;

    /// <summary>Latest arrival of a message of which anything was taken; <see cref="Instant.MinValue"/> before the first.</summary>
    public Instant LastReceivedAt { get; internal set; } = Instant.MinValue;

    /// <summary>Whether any reading was ever taken.</summary>
    public bool HasReadings => SlotCount > 0;

    /// <summary>Asks memory for the state itself; a hint that costs nothing when it is near.</summary>
    public void Preload() => CacheHint.Ask(ref Recent, CacheHint.StateBytes);

    /// <summary>Asks memory for its slots and counters; after <see cref="Preload"/> of this and some others.</summary>
    public void PreloadSlots()
    {
        if (SlotCount > 0)
        {
            CacheHint.Ask(ref Slots[0], Math.Min((int)SlotCount, CacheHint.MostSlots) * Unsafe.SizeOf<SlotState>());
        }

        if (CounterCount > 0)
        {
            CacheHint.Ask(ref Counters[0], CounterCount * Unsafe.SizeOf<CounterState>());
        }
    }

    /// <summary>The latest value of a slot as people see it.</summary>
    internal LatestReading LatestOf(int index)
    {
        ref readonly var slot = ref Slots[index];
        return slot.IsLatestApart ? Rare!.Apart[index] : new LatestReading(slot.NewestAt, slot.NewestValue);
    }

    /// <summary>Keeps the latest value of a slot; to be called before the same reading is aggregated, if it is.</summary>
    internal void SetLatest(int index, LatestReading latest)
    {
        Rare ??= new RareState();
        if (Rare.Apart.Length <= index)
        {
            Array.Resize(ref Rare.Apart, Slots.Length);
        }

        Rare.Apart[index] = latest;
        Slots[index].IsLatestApart = true;
    }

    /// <summary>Slot of a measurand, -1 for none. <paramref name="hint"/> is tried first: messages repeat their order.</summary>
    internal int Find(MeasurandId measurand, int hint)
    {
        var slots = Slots.AsSpan(0, SlotCount);
        if ((uint)hint < (uint)slots.Length && slots[hint].Measurand == measurand)
        {
            return hint;
        }

        for (int i = 0; i < slots.Length; i++)
        {
            if (slots[i].Measurand == measurand)
            {
                return i;
            }
        }

        return -1;
    }
}
