using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>Reads what <see cref="AssetStateWriter"/> wrote, under the present catalog, fleet and rules.</summary>
internal sealed class AssetStateReader(AssetProcessor processor)
{
    private const int MostAttributes = 10_000;
    private static readonly byte s_lastKind = (byte)Enum.GetValues<AssetKind>().Max();

    private readonly int[] _newSlots = new int[ProcessorOptions.MeasurandLimit];

    public StateVerdict Read(ReadOnlySpan<byte> body, StateNames names, StateTally tally, out AssetState? state)
    {
        state = null;
        var reader = new StateReader(body);
        if (ReadAsset(ref reader) is not { } asset)
        {
            return StateVerdict.Damaged;
        }

        // Nothing is registered or counted before the whole state has been read.
        bool isKnown = processor.Directory.TryFind(asset.Id, out var handle);
        var description = isKnown ? processor.Directory[handle] : asset;
        var found = new AssetState(handle) { Kind = description.Kind };
        var plan = processor.Rules.PlanOf(found.Kind);
        ReadLife(ref reader, found);
        int gone = ReadSlots(ref reader, found, names, plan);
        var alarms = new RestoredAlarms(plan, asset.Id, names);
        alarms.Read(ref reader);
        if (!reader.IsAtEnd)
        {
            found.ClockAheadMilliseconds = reader.Int32();
        }

        if (!reader.IsWhole)
        {
            return StateVerdict.Damaged;
        }

        if (!isKnown && (!asset.IsSelfRegistered || !processor.Directory.TryRegister(asset, out handle)))
        {
            tally.AssetsGone++;
            tally.Abandoned.AddRange(alarms.All);
            return StateVerdict.AssetGone;
        }

        state = processor.Create(handle);
        Move(found, state);
        state.Alarms = alarms.Alarms;
        if (alarms.Traces.Length > 0)
        {
            (state.Rare ??= new RareState()).Traces = alarms.Traces;
        }

        tally.Assets++;
        tally.MeasurandsGone += gone;
        tally.WatchersGone += alarms.WatchersGone;
        foreach (var orphan in alarms.Orphans)
        {
            tally.Orphans.Add((state, orphan));
        }

        return StateVerdict.Restored;
    }

    private Asset? ReadAsset(ref StateReader reader)
    {
        bool isNamed = AssetId.TryOf(processor.Directory.SiteName(reader.TextBytes()), reader.Text(), out var id);
        var kind = (AssetKind)reader.Byte(s_lastKind);
        bool isSelfRegistered = reader.Byte(1) != 0;
        if (!isNamed || reader.HasFailed)
        {
            return null;
        }

        if (!isSelfRegistered)
        {
            return new Asset(id, id.Name, kind);
        }

        string displayName = reader.Text();
        long interval = reader.Int64();
        double rated = reader.Double();
        double latitude = reader.Double();
        double longitude = reader.Double();
        int count = reader.Int32();
        if (count is < 0 or > MostAttributes)
        {
            return null;
        }

        var asset = new Asset(id, displayName, kind)
        {
            IsSelfRegistered = true,
            ReportingInterval = interval < 0 ? null : TimeSpan.FromTicks(interval),
            RatedPowerWatts = double.IsNaN(rated) ? null : rated,
            Latitude = double.IsNaN(latitude) ? null : latitude,
            Longitude = double.IsNaN(longitude) ? null : longitude,
        };
        if (count == 0)
        {
            return reader.HasFailed ? null : asset;
        }

        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < count && !reader.HasFailed; i++)
        {
            attributes[reader.Text()] = reader.Text();
        }

        return reader.HasFailed ? null : asset with { Attributes = attributes };
    }

    private static void ReadLife(ref StateReader reader, AssetState state)
    {
        state.Watermark = reader.Instant();
        state.LastReceivedAt = reader.Instant();
        state.DayStart = reader.Instant();
        state.ArmedAt = reader.Instant();
        state.ReadingCount = reader.Int64();
        state.NextWindowEndMinute = reader.Int32();
        state.RecentHeads = reader.UInt16();
        state.Sequences = new SequenceMemory(reader.UInt64(), reader.Instant(), (uint)reader.Int32());
        for (int i = 0; i < RecentInstants.Length; i++)
        {
            state.Recent[i] = reader.UInt64();
        }
    }

    /// <returns>How many measurands are gone.</returns>
    private int ReadSlots(ref StateReader reader, AssetState state, StateNames names, AlarmPlan plan)
    {
        int count = reader.Byte(ProcessorOptions.MeasurandLimit);
        state.Slots = count == 0 ? [] : new SlotState[count];
        int gone = 0;
        for (int i = 0; i < count && !reader.HasFailed; i++)
        {
            int index = reader.UInt16();
            int measurand = index < names.Measurands.Length ? names.Measurands[index] : StateNames.Gone;
            if (index >= names.Measurands.Length || (measurand >= 0 && state.Find(new MeasurandId((ushort)measurand), i) >= 0))
            {
                reader.Fail();
                break;
            }

            gone += measurand < 0 ? 1 : 0;
            var slot = default(SlotState);
            var counter = default(CounterState);
            int flags = reader.Byte();
            var latest = ReadSlot(ref reader, flags, ref slot, ref counter);
            _newSlots[i] = StateNames.Gone;
            if (measurand < 0)
            {
                continue;
            }

            var definition = processor.Catalog[new MeasurandId((ushort)measurand)];
            if (definition.Kind == MeasurandKind.Counter != ((flags & SlotFlags.IsCounter) != 0))
            {
                reader.Fail();
                break;
            }

            _newSlots[i] = SlotLayout.Add(state, definition, plan.GroupOf(definition.Id));
            ref var added = ref state.Slots[_newSlots[i]];
            (slot.Measurand, slot.Counter, slot.Watchers) = (added.Measurand, added.Counter, added.Watchers);
            slot.CounterFlags |= added.CounterFlags;
            added = slot;
            if ((flags & SlotFlags.IsNewestLatest) == 0)
            {
                state.SetLatest(_newSlots[i], latest);
            }

            if (added.Counter != SlotState.NoCounter)
            {
                state.Counters[added.Counter] = counter;
            }
        }

        ReadMoreRecent(ref reader, state, count);
        if (gone > 0)
        {
            Remap(state.Recent, 0, count);
        }

        return gone;
    }

    /// <returns>The latest value as people see it.</returns>
    private static LatestReading ReadSlot(ref StateReader reader, int flags, ref SlotState slot, ref CounterState counter)
    {
        slot.CounterFlags = ((flags & SlotFlags.HasFirst) != 0 ? CounterFlags.HasFirst : CounterFlags.None) | ((flags & SlotFlags.HasFallen) != 0 ? CounterFlags.HasFallen : CounterFlags.None);
        slot.HasLate = (flags & SlotFlags.HasLate) != 0;
        slot.LatestQuality = (Quality)reader.Byte((byte)Quality.Bad);
        var latest = new LatestReading(reader.Instant(), reader.Double());
        bool isNewestLatest = (flags & SlotFlags.IsNewestLatest) != 0;
        slot.NewestAt = isNewestLatest ? latest.At : reader.Instant();
        slot.NewestValue = isNewestLatest ? latest.Value : reader.Double();
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            if ((flags & (SlotFlags.FirstWindow << span)) != 0)
            {
                ref var window = ref slot.Windows[span];
                window.Minimum = reader.Double();
                window.Maximum = reader.Double();
                window.Mean = reader.Double();
                window.Count = reader.Int32();
                window.NextRevision = reader.UInt16();
                byte last = reader.Byte(SlotFlags.Dirty | SlotFlags.Recount | (byte)Quality.Bad);
                window.IsDirty = (last & SlotFlags.Dirty) != 0;
                window.NeedsRecount = (last & SlotFlags.Recount) != 0;
                window.Quality = (Quality)(last & ~(SlotFlags.Dirty | SlotFlags.Recount));
                if (window.Count < 0 || window.Quality > Quality.Bad)
                {
                    reader.Fail();
                }
            }
        }

        if ((flags & SlotFlags.IsCounter) != 0)
        {
            for (int span = 0; span < WindowSpans.Count; span++)
            {
                counter.Gains[span] = reader.Double();
            }

            counter.Today = reader.Double();
            counter.MarkedRegister = reader.Double();
            counter.MarkedOther = reader.Double();
        }

        return latest;
    }

    private void ReadMoreRecent(ref StateReader reader, AssetState state, int slots)
    {
        int groups = AssetStateWriter.MoreRecentWords(slots) / RecentInstants.Length;
        Span<ulong> ring = stackalloc ulong[RecentInstants.Length];
        for (int group = 1; group <= groups; group++)
        {
            for (int i = 0; i < ring.Length; i++)
            {
                ring[i] = reader.UInt64();
            }

            int start = (group - 1) * RecentInstants.Length;
            if (start < (state.Rare?.MoreRecent.Length ?? 0))
            {
                Remap(ring, group, slots);
                ring.CopyTo(state.Rare!.MoreRecent.AsSpan(start));
            }
        }
    }

    /// <summary>Moves the bits of a group's recent instants to the present slots; a slot that left the group is forgotten.</summary>
    private void Remap(Span<ulong> ring, int group, int slots)
    {
        int first = group * RecentInstants.GroupSize;
        int end = Math.Min(slots, first + RecentInstants.GroupSize);
        foreach (ref ulong word in ring)
        {
            ulong bits = 0;
            for (int old = first; old < end; old++)
            {
                int now = _newSlots[old];
                bool isHere = now >= first && now < first + RecentInstants.GroupSize;
                bits |= isHere && (word & (1UL << (old - first))) != 0 ? 1UL << (now - first) : 0;
            }

            word = (word & ~0xFFFFUL) | bits;
        }
    }

    private static void Move(AssetState from, AssetState to)
    {
        (to.Recent, to.Sequences, to.Slots, to.Counters, to.Rare) = (from.Recent, from.Sequences, from.Slots, from.Counters, from.Rare);
        (to.DayStartMinute, to.ArmedAt, to.ReadingCount, to.NextWindowEndMinute) = (from.DayStartMinute, from.ArmedAt, from.ReadingCount, from.NextWindowEndMinute);
        (to.RecentHeads, to.SlotCount, to.CounterCount) = (from.RecentHeads, from.SlotCount, from.CounterCount);
        (to.Watermark, to.LastReceivedAt, to.ClockAheadMilliseconds) = (from.Watermark, from.LastReceivedAt, from.ClockAheadMilliseconds);
    }
}
