using System.Buffers;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>Writes states; the order of fields is that of the code, and <see cref="AssetStateReader"/> mirrors it.</summary>
internal sealed class AssetStateWriter(AssetProcessor processor)
{
    private const int FixedBytes = 512;
    private const int SlotBytes = 256;
    private const int AlarmBytes = 80;
    private const int WatcherBytes = 16;

    private readonly ushort[]?[] _rulesByKind = new ushort[]?[Enum.GetValues<AssetKind>().Length];

    public void Write(AssetState state, IBufferWriter<byte> output)
    {
        var asset = processor.Directory[state.Handle];
        var frame = output.GetSpan(BoundOf(state, asset));
        var writer = new StateWriter(frame[StateFrame.HeaderBytes..]);
        WriteAsset(ref writer, asset);
        WriteLife(ref writer, state);
        writer.Byte(state.SlotCount);
        for (int i = 0; i < state.SlotCount; i++)
        {
            WriteSlot(ref writer, state, i);
        }

        int words = MoreRecentWords(state.SlotCount);
        for (int i = 0; i < words; i++)
        {
            writer.UInt64(state.Rare!.MoreRecent[i]);
        }

        WriteAlarms(ref writer, state);
        if (state.ClockAheadMilliseconds != 0)
        {
            // Left out by older writers, and when there is nothing to say.
            writer.Int32(state.ClockAheadMilliseconds);
        }

        StateFrame.Close(frame, writer.Length);
        output.Advance(StateFrame.HeaderBytes + writer.Length);
    }

    /// <summary>Words of recent instants beside the first sixteen slots'.</summary>
    public static int MoreRecentWords(int slots) => slots == 0 ? 0 : (slots - 1) / RecentInstants.GroupSize * RecentInstants.Length;

    private static int BoundOf(AssetState state, Asset asset)
    {
        int bound = FixedBytes + (state.SlotCount * SlotBytes) + StateWriter.BoundOf(asset.Id.Site) + StateWriter.BoundOf(asset.Id.Name);
        if (asset.IsSelfRegistered)
        {
            bound += StateWriter.BoundOf(asset.DisplayName);
            foreach (var (name, value) in asset.Attributes)
            {
                bound += StateWriter.BoundOf(name) + StateWriter.BoundOf(value);
            }
        }

        bound += (state.Rare?.Traces.Length ?? 0) * AlarmTrace.MostBytes;
        if (state.Alarms is { } alarms)
        {
            bound += alarms.Watchers.Length * WatcherBytes;
            foreach (var alarm in alarms.Open)
            {
                bound += alarm?.Last is { } last ? AlarmBytes + StateWriter.BoundOf(last.Title) + StateWriter.BoundOf(last.By) + StateWriter.BoundOf(last.Why) + StateWriter.BoundOf(alarm.SuppressedBy ?? "") : 0;
            }
        }

        return bound;
    }

    private static void WriteAsset(ref StateWriter writer, Asset asset)
    {
        writer.Text(asset.Id.Site);
        writer.Text(asset.Id.Name);
        writer.Byte((byte)asset.Kind);
        writer.Byte(asset.IsSelfRegistered ? (byte)1 : (byte)0);
        if (asset.IsSelfRegistered)
        {
            writer.Text(asset.DisplayName);
            writer.Int64(asset.ReportingInterval?.Ticks ?? -1);
            writer.Double(asset.RatedPowerWatts ?? double.NaN);
            writer.Double(asset.Latitude ?? double.NaN);
            writer.Double(asset.Longitude ?? double.NaN);
            writer.Int32(asset.Attributes.Count);
            foreach (var (name, value) in asset.Attributes)
            {
                writer.Text(name);
                writer.Text(value);
            }
        }
    }

    private static void WriteLife(ref StateWriter writer, AssetState state)
    {
        writer.Instant(state.Watermark);
        writer.Instant(state.LastReceivedAt);
        writer.Instant(state.DayStart);
        writer.Instant(state.ArmedAt);
        writer.Int64(state.ReadingCount);
        writer.Int32(state.NextWindowEndMinute);
        writer.UInt16(state.RecentHeads);
        var (taken, era, highest) = state.Sequences.Parts;
        writer.UInt64(taken);
        writer.Instant(era);
        writer.Int32((int)highest);
        foreach (ulong word in state.Recent)
        {
            writer.UInt64(word);
        }
    }

    private static void WriteSlot(ref StateWriter writer, AssetState state, int index)
    {
        ref readonly var slot = ref state.Slots[index];
        var latest = state.LatestOf(index);
        bool isCounter = slot.Counter != SlotState.NoCounter;
        bool isNewestLatest = slot.NewestAt == latest.At && BitConverter.DoubleToInt64Bits(slot.NewestValue) == BitConverter.DoubleToInt64Bits(latest.Value);
        int flags = (isCounter ? SlotFlags.IsCounter : 0)
            | (isNewestLatest ? SlotFlags.IsNewestLatest : 0)
            | ((slot.CounterFlags & CounterFlags.HasFirst) != CounterFlags.None ? SlotFlags.HasFirst : 0)
            | ((slot.CounterFlags & CounterFlags.HasFallen) != CounterFlags.None ? SlotFlags.HasFallen : 0)
            | (slot.HasLate ? SlotFlags.HasLate : 0);
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            flags |= IsHeld(in slot.Windows[span]) ? SlotFlags.FirstWindow << span : 0;
        }

        writer.UInt16(slot.Measurand.Value);
        writer.Byte((byte)flags);
        writer.Byte((byte)slot.LatestQuality);
        writer.Instant(latest.At);
        writer.Double(latest.Value);
        if (!isNewestLatest)
        {
            writer.Instant(slot.NewestAt);
            writer.Double(slot.NewestValue);
        }

        for (int span = 0; span < WindowSpans.Count; span++)
        {
            ref readonly var window = ref slot.Windows[span];
            if (IsHeld(in window))
            {
                writer.Double(window.Minimum);
                writer.Double(window.Maximum);
                writer.Double(window.Mean);
                writer.Int32(window.Count);
                writer.UInt16(window.NextRevision);
                writer.Byte((byte)((byte)window.Quality | (window.IsDirty ? SlotFlags.Dirty : 0) | (window.NeedsRecount ? SlotFlags.Recount : 0)));
            }
        }

        if (isCounter)
        {
            ref readonly var counter = ref state.Counters[slot.Counter];
            for (int span = 0; span < WindowSpans.Count; span++)
            {
                writer.Double(counter.Gains[span]);
            }

            writer.Double(counter.Today);
            writer.Double(counter.MarkedRegister);
            writer.Double(counter.MarkedOther);
        }
    }

    private static bool IsHeld(in WindowAccumulator window) => window.Count != 0 || window.NextRevision != 0 || window.IsDirty;

    private void WriteAlarms(ref StateWriter writer, AssetState state)
    {
        if (state.Alarms is not { } alarms)
        {
            writer.UInt16(0);
            writer.UInt16(0);
            WriteTraces(ref writer, state);
            return;
        }

        var plan = processor.Rules.PlanOf(state.Kind);
        ushort[] rules = RulesOf(state.Kind, plan);
        int open = 0;
        foreach (var alarm in alarms.Open)
        {
            open += alarm?.Last is null ? 0 : 1;
        }

        writer.UInt16((ushort)open);
        for (int rule = 0; rule < alarms.Open.Length; rule++)
        {
            if (alarms.Open[rule] is { Last: { } last } alarm)
            {
                WriteAlarm(ref writer, rules[rule], alarm, last);
            }
        }

        int watched = 0;
        foreach (ref readonly var watcher in alarms.Watchers.AsSpan())
        {
            watched += watcher.IsPending || watcher.HasTripped ? 1 : 0;
        }

        writer.UInt16((ushort)watched);
        for (int i = 0; i < alarms.Watchers.Length; i++)
        {
            ref readonly var watcher = ref alarms.Watchers[i];
            if (watcher.IsPending || watcher.HasTripped)
            {
                writer.UInt16(rules[plan.Watchers[i].Rule]);
                writer.UInt16(plan.Watchers[i].Measurand.Value);
                writer.Byte((byte)plan.Watchers[i].Number);
                watcher.Write(ref writer);
            }
        }

        WriteTraces(ref writer, state);
    }

    private void WriteTraces(ref StateWriter writer, AssetState state)
    {
        AlarmTrace?[] traces = state.Rare?.Traces ?? [];
        int count = CountOf(traces);
        writer.UInt16((ushort)count);
        if (count == 0)
        {
            return;
        }

        var plan = processor.Rules.PlanOf(state.Kind);
        ushort[] rules = RulesOf(state.Kind, plan);
        for (int i = 0; i < traces.Length; i++)
        {
            if (traces[i] is { } trace)
            {
                writer.UInt16(rules[plan.Traced[i].Rule]);
                writer.UInt16(plan.Traced[i].Measurand.Value);
                writer.Byte((byte)trace.Kind);
                trace.Write(ref writer);
            }
        }
    }

    private static int CountOf(AlarmTrace?[] traces)
    {
        int count = 0;
        foreach (var trace in traces)
        {
            count += trace is null ? 0 : 1;
        }

        return count;
    }

    private static void WriteAlarm(ref StateWriter writer, ushort rule, Alarm alarm, AlarmTransition last)
    {
        writer.UInt16(rule);
        writer.Byte((byte)alarm.State);
        writer.Byte((byte)((alarm.IsAbnormal ? AlarmFlags.IsAbnormal : 0)
            | (alarm.Value is null ? 0 : AlarmFlags.HasValue)
            | (last.Value is null ? 0 : AlarmFlags.HasLastValue)
            | (alarm.IsQuiet ? AlarmFlags.IsQuiet : 0)
            | (alarm.SuppressedBy is null ? 0 : AlarmFlags.HasSuppressor)
            | (alarm.Since == default ? 0 : AlarmFlags.HasSince)));
        writer.Instant(alarm.RaisedAt);
        writer.Instant(alarm.AsideUntil);
        writer.Double(alarm.Value ?? 0);
        writer.Byte((byte)last.Severity);
        writer.Byte((byte)last.From);
        writer.Instant(last.At);
        writer.Double(last.Value ?? 0);
        writer.Text(last.Title);
        writer.Text(last.By);
        writer.Text(last.Why);
        if (alarm.SuppressedBy is { } place)
        {
            writer.Text(place);
        }

        if (alarm.Since != default)
        {
            writer.Instant(alarm.Since);
        }
    }

    /// <summary>Index in the whole rule set of each rule of a kind's plan.</summary>
    private ushort[] RulesOf(AssetKind kind, AlarmPlan plan) => _rulesByKind[(int)kind] ??= FindRules(plan);

    private ushort[] FindRules(AlarmPlan plan)
    {
        AlarmRule[] all = [.. processor.Rules.Rules];
        return [.. plan.Rules.Select(rule => (ushort)Array.IndexOf(all, rule))];
    }
}

/// <summary>Bits of a written alarm. The last three came later: without them the bytes are those of the first platforms.</summary>
internal static class AlarmFlags
{
    public const int IsAbnormal = 1;
    public const int HasValue = 2;
    public const int HasLastValue = 4;
    public const int IsQuiet = 8;
    public const int HasSuppressor = 16;
    public const int HasSince = 32;
    public const byte All = 63;
}

/// <summary>Bits of a written slot.</summary>
internal static class SlotFlags
{
    public const int IsCounter = 1;
    public const int IsNewestLatest = 2;
    public const int HasFirst = 4;
    public const int HasFallen = 8;

    /// <summary>The one-minute window is held; the longer ones take the next bits.</summary>
    public const int FirstWindow = 16;

    /// <summary>Behind the windows' bits.</summary>
    public const int HasLate = 128;

    /// <summary>Beside a window's quality: it holds something unpublished.</summary>
    public const byte Dirty = 0x80;

    /// <summary>Beside a window's quality: its readings are to be read again when it has ended.</summary>
    public const byte Recount = 0x40;
}
