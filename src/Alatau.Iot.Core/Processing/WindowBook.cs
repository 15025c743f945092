using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>Keeps the held windows of an asset's measurands and publishes them. Holds nothing of an asset.</summary>
/// <remarks>
/// Of each measurand and span one window is held: the one with the newest reading. It is published with revision 0 when the asset's clock passes its end, when the measurand itself moves on to a newer window, or,
/// when nothing arrives, by the idle rule: its end lies back by the idle delay on the wall clock and nothing arrived for as long. A reading that comes into a published window that is still held makes it
/// due again, with the next revision, when the asset's clock enters a new minute, the measurand moves on, or the idle rule speaks; several such readings make one revision.
/// <para>A reading older than what is held reopens the windows that hold it (<see cref="Reopening"/>): they are made again from the stored readings by whoever reads the update, and come back through
/// <see cref="Correct"/>. A counter that was read out of order has gains in the held windows that belong before them, so these are reopened, too, when they end.</para>
/// </remarks>
internal sealed class WindowBook(SiteDays days, AssetUpdate update, long idleMilliseconds, long latenessMilliseconds)
{
    private const long Minute = 60_000;
    private const double MillisecondsPerHour = 3_600_000;
    private const int RevisionsSkipped = 4;

    /// <summary>Adds a valid reading to the windows that hold its instant.</summary>
    /// <returns><see cref="ReadingOutcome.OutOfOrder"/> when all its windows are held, be it in order or not; <see cref="ReadingOutcome.Late"/> or <see cref="ReadingOutcome.TooLate"/> when its one-minute window has been left behind.</returns>
    public ReadingOutcome Add(AssetState state, ref SlotState slot, in Reading reading, AssetDirectory directory)
    {
        var at = reading.MeasuredAt;
        if (at > slot.NewestAt)
        {
            double gain = 0;
            bool isDoubtful = false;
            if (slot.NewestAt > Instant.MinValue)
            {
                MoveOn(state, ref slot, at);
                gain = slot.Counter == SlotState.NoCounter ? 0 : Gain(state, ref slot, ref state.Counters[slot.Counter], in reading, directory, out isDoubtful);
            }
            else if (slot.Counter != SlotState.NoCounter)
            {
                MarkFirst(ref slot, ref state.Counters[slot.Counter], in reading);
            }

            (slot.NewestAt, slot.NewestValue) = (at, reading.Value);
            for (int span = 0; span < WindowSpans.Count; span++)
            {
                Put(state, ref slot, (WindowSpan)span, in reading);
            }

            if (slot.Counter != SlotState.NoCounter)
            {
                Book(state, ref state.Counters[slot.Counter], at, gain);
                if (isDoubtful)
                {
                    Doubt(ref slot);
                }
            }

            return ReadingOutcome.OutOfOrder;
        }

        bool isTooLate = slot.NewestAt.UnixMilliseconds - at.UnixMilliseconds > latenessMilliseconds;
        bool isInMinute = false;
        for (int span = WindowSpans.Count - 1; span >= 0; span--)
        {
            isInMinute = at >= StartOf(in slot, (WindowSpan)span);
            if (!isInMinute)
            {
                break;
            }

            Put(state, ref slot, (WindowSpan)span, in reading);
        }

        // After the windows have told what they were before.
        if (slot.Counter != SlotState.NoCounter)
        {
            TakeEarlier(state, ref slot, ref state.Counters[slot.Counter], in reading);
            if (!isTooLate)
            {
                slot.HasLate = true;
                Doubt(ref slot);
            }
        }

        if (isInMinute)
        {
            return ReadingOutcome.OutOfOrder;
        }

        if (isTooLate)
        {
            return ReadingOutcome.TooLate;
        }

        update.Add(new Reopening(slot.Measurand, at, new Instant(at.UnixMilliseconds + 1), slot.NewestAt, AlsoHeld: false));
        return ReadingOutcome.Late;
    }

    /// <summary>Takes a summary that was made again from the stored readings. One of a window that is still held counts only if that holds the same readings; otherwise it is reopened when it ends.</summary>
    public void Correct(AssetState? state, in WindowCorrection correction)
    {
        if (!correction.IsHeld)
        {
            update.Add(correction.Update);
            return;
        }

        var (measurand, made, summary) = correction.Update;
        int index = state?.Find(measurand, 0) ?? -1;
        if (index < 0)
        {
            return;
        }

        ref var slot = ref state!.Slots[index];
        ref var window = ref slot.Windows[(int)made.Span];
        if (!window.NeedsRecount || window.Count != summary.Count || StartOf(in slot, made.Span) != made.Start)
        {
            return;
        }

        window.NeedsRecount = false;
        bool isPublished = !window.IsDirty;
        if (slot.Counter != SlotState.NoCounter)
        {
            ref double gain = ref state.Counters[slot.Counter].Gains[(int)made.Span];
            isPublished &= gain != summary.Delta;
            gain = summary.Delta;
        }

        if (isPublished)
        {
            Publish(state, ref slot, made.Span);
        }
    }

    /// <summary>The asset's clock moves to <paramref name="clock"/>: publishes what ends at or before it.</summary>
    public void CloseBefore(AssetState state, Instant clock)
    {
        if (clock.UnixMilliseconds >= state.NextWindowEndMinute * Minute && clock.UnixMilliseconds / Minute > state.Watermark.UnixMilliseconds / Minute)
        {
            PublishEnded(state, clock.UnixMilliseconds);
        }
    }

    /// <summary>Publishes by the idle rule.</summary>
    public void CloseIdle(AssetState state, Instant now)
    {
        if (NextDeadline(state) <= now)
        {
            PublishEnded(state, now.UnixMilliseconds - idleMilliseconds);
        }
    }

    /// <summary>When the idle rule may speak next.</summary>
    public Instant NextDeadline(AssetState state) => state.NextWindowEndMinute == AssetState.NoWindow
        ? Instant.MaxValue
        : new Instant(Math.Max(state.NextWindowEndMinute * Minute, state.LastReceivedAt.UnixMilliseconds) + idleMilliseconds);

    /// <summary>Lets every held window that has ended by <paramref name="now"/> go on with a revision that was surely not published.</summary>
    public static void SkipRevisions(AssetState state, Instant now)
    {
        foreach (ref var slot in state.Slots.AsSpan(0, state.SlotCount))
        {
            for (int span = 0; span < WindowSpans.Count; span++)
            {
                ref var window = ref slot.Windows[span];
                if (window.Count > 0 && StartOf(in slot, (WindowSpan)span).UnixMilliseconds + ((WindowSpan)span).Milliseconds() <= now.UnixMilliseconds)
                {
                    window.NextRevision = (ushort)Math.Min(ushort.MaxValue, window.NextRevision + RevisionsSkipped);
                }
            }
        }
    }

    private static Instant StartOf(in SlotState slot, WindowSpan span)
    {
        long newest = slot.NewestAt.UnixMilliseconds;
        return new Instant(newest - (newest % span.Milliseconds()));
    }

    private void Put(AssetState state, ref SlotState slot, WindowSpan span, in Reading reading)
    {
        ref var window = ref slot.Windows[(int)span];
        if (window is { IsDirty: false, Count: > 0 })
        {
            double delta = slot.Counter == SlotState.NoCounter ? 0 : state.Counters[slot.Counter].Gains[(int)span];
            update.AddOutdated(new WindowUpdate(slot.Measurand, new Window(span, StartOf(in slot, span)), window.Summarize(span, slot.NewestValue, delta, state.ReportingIntervalMilliseconds, window.NextRevision)));
        }

        if (window.Add(reading.Value, reading.Quality))
        {
            Expect(state, in slot, span);
        }
    }

    private static void Expect(AssetState state, in SlotState slot, WindowSpan span)
    {
        int end = (int)((StartOf(in slot, span).UnixMilliseconds + span.Milliseconds()) / Minute);
        state.NextWindowEndMinute = Math.Min(state.NextWindowEndMinute, end);
    }

    /// <summary>Leaves the windows that don't hold the newer instant.</summary>
    private void MoveOn(AssetState state, ref SlotState slot, Instant to)
    {
        // By far the most readings stay in their minute; a division by a constant is a multiplication.
        if (to.UnixMilliseconds / Minute == slot.NewestAt.UnixMilliseconds / Minute)
        {
            return;
        }

        for (int span = 0; span < WindowSpans.Count; span++)
        {
            if (to.UnixMilliseconds - StartOf(in slot, (WindowSpan)span).UnixMilliseconds < ((WindowSpan)span).Milliseconds())
            {
                return;
            }

            if (slot.Windows[span].IsDirty)
            {
                Publish(state, ref slot, (WindowSpan)span);
            }

            Reopen(in slot, (WindowSpan)span, to, alsoHeld: false);
            slot.Windows[span] = default;
            if (slot.Counter != SlotState.NoCounter)
            {
                state.Counters[slot.Counter].Gains[span] = 0;
            }
        }
    }

    private void PublishEnded(AssetState state, long endedBy)
    {
        state.NextWindowEndMinute = AssetState.NoWindow;
        foreach (ref var slot in state.Slots.AsSpan(0, state.SlotCount))
        {
            for (int span = 0; span < WindowSpans.Count; span++)
            {
                if (slot.Windows[span].IsDirty)
                {
                    if (StartOf(in slot, (WindowSpan)span).UnixMilliseconds + ((WindowSpan)span).Milliseconds() <= endedBy)
                    {
                        Publish(state, ref slot, (WindowSpan)span);
                        Reopen(in slot, (WindowSpan)span, slot.NewestAt, alsoHeld: true);
                    }
                    else
                    {
                        Expect(state, in slot, (WindowSpan)span);
                    }
                }
            }
        }
    }

    private void Publish(AssetState state, ref SlotState slot, WindowSpan span)
    {
        ref var window = ref slot.Windows[(int)span];
        double delta = slot.Counter == SlotState.NoCounter ? 0 : state.Counters[slot.Counter].Gains[(int)span];
        var summary = window.Summarize(span, slot.NewestValue, delta, state.ReportingIntervalMilliseconds, window.Publish());
        update.Add(new WindowUpdate(slot.Measurand, new Window(span, StartOf(in slot, span)), summary));
    }

    /// <summary>Has a held window made again if it needs it.</summary>
    private void Reopen(in SlotState slot, WindowSpan span, Instant newestAt, bool alsoHeld)
    {
        if (slot.Windows[(int)span].NeedsRecount)
        {
            var start = StartOf(in slot, span);
            update.Add(new Reopening(slot.Measurand, start, new Instant(start.UnixMilliseconds + span.Milliseconds()), newestAt, alsoHeld));
        }
    }

    private static void Doubt(ref SlotState slot)
    {
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            slot.Windows[span].NeedsRecount = true;
        }
    }

    /// <param name="isDoubtful">The register may have come back from a fall that was told late, or not from the one that is known.</param>
    private static double Gain(AssetState state, ref SlotState slot, ref CounterState counter, in Reading reading, AssetDirectory directory, out bool isDoubtful)
    {
        double hours = (reading.MeasuredAt.UnixMilliseconds - slot.NewestAt.UnixMilliseconds) / MillisecondsPerHour;
        double width = reading.Value < slot.NewestValue ? RegisterRule.WidthOf(directory[state.Handle]) : 0;
        double rated = (slot.CounterFlags & CounterFlags.IsEnergy) != CounterFlags.None ? state.RatedWatts : 0;
        bool hasFallen = (slot.CounterFlags & CounterFlags.HasFallen) != CounterFlags.None;
        var (fellFrom, fellTo) = (counter.MarkedRegister, counter.MarkedOther);
        bool hadFallen = hasFallen;
        var step = RegisterRule.Judge(slot.NewestValue, reading.Value, hours, rated, width, ref hasFallen, ref fellFrom, ref fellTo, out double gain);
        isDoubtful = slot.HasLate && (step == RegisterStep.Return || (step == RegisterStep.Gain && gain >= RegisterRule.ReturnShare * slot.NewestValue));
        if (step == RegisterStep.Reset)
        {
            slot.HasLate = false;
            (counter.MarkedRegister, counter.MarkedOther) = (fellFrom, fellTo);
            slot.CounterFlags = (slot.CounterFlags & ~CounterFlags.HasFirst) | CounterFlags.HasFallen;
        }
        else if (hadFallen && !hasFallen)
        {
            slot.CounterFlags &= ~CounterFlags.HasFallen;
        }

        return gain;
    }

    private static void MarkFirst(ref SlotState slot, ref CounterState counter, in Reading reading)
    {
        (counter.MarkedRegister, counter.MarkedOther) = (reading.Value, reading.MeasuredAt.UnixMilliseconds);
        slot.CounterFlags |= CounterFlags.HasFirst;
    }

    /// <summary>Books a gain into the held windows and the local day of the reading.</summary>
    private void Book(AssetState state, ref CounterState counter, Instant at, double gain)
    {
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            counter.Gains[span] += gain;
        }

        if (at >= state.DayStart)
        {
            var day = days.DayOf(state.Site, at);
            if (day.Start > state.DayStart)
            {
                state.DayStart = day.Start;
                foreach (ref var each in state.Counters.AsSpan(0, state.CounterCount))
                {
                    each.Today = 0;
                }
            }

            counter.Today += gain;
        }
    }

    /// <summary>A counter's reading older than its first one: the windows and the day that hold both gained what lies between.</summary>
    private static void TakeEarlier(AssetState state, ref SlotState slot, ref CounterState counter, in Reading reading)
    {
        var firstAt = new Instant((long)counter.MarkedOther);
        if ((slot.CounterFlags & CounterFlags.HasFirst) == CounterFlags.None || reading.MeasuredAt >= firstAt)
        {
            return;
        }

        double gain = Math.Max(0, counter.MarkedRegister - reading.Value);
        for (int span = 0; span < WindowSpans.Count; span++)
        {
            if (reading.MeasuredAt >= StartOf(in slot, (WindowSpan)span))
            {
                counter.Gains[span] += gain;
            }
        }

        if (reading.MeasuredAt >= state.DayStart && firstAt >= state.DayStart)
        {
            counter.Today += gain;
        }

        MarkFirst(ref slot, ref counter, in reading);
    }
}
