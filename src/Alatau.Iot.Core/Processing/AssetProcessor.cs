using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Processing;

/// <summary>The rules of one asset's life: dedupe, order, clock guard, range, counters, windows, alarms. Pure: no clock, no I/O, no lock; a batch that raises no alarm allocates nothing.</summary>
/// <remarks>
/// One instance a thread; it owns the <see cref="AssetUpdate"/> it answers with, which is valid until its next call. Any split of the readings into batches, between messages, gives the same state and output.
/// <para><b>Duplicates.</b> The key is (asset, measurand, MeasuredAt). Exact against the newest reading of the measurand and at the last eight instants the asset had readings at (eight for each sixteen measurands).
/// Beyond them a reading is a duplicate when the device numbers its messages and this number is among its last 64 of the present era (a reboot begins a new one). What neither remembers is taken
/// again: the store's key makes that harmless for raw readings, and only a window still held would count it twice.</para>
/// <para><b>Order.</b> A reading is in order when it is live and newer than everything of its measurand. Only such a reading moves the asset's clock, is judged by threshold rules, and ends silence.
/// Historical readings never become the latest value. A retained message without a time of its own has an unknown age: its readings are at best uncertain, may be the latest value, but are no sign of life.</para>
/// <para><b>Signs of life.</b> Bad readings and the measurand <c>online</c> don't move the asset's clock: a keep-alive doesn't keep a dead sensor alive.</para>
/// <para><b>The device's clock.</b> From stamps and arrivals its drift is estimated (<see cref="ClockEstimate"/>) and told as the measurand <c>clockOffset</c>, also while its readings are refused for their stamps.</para>
/// </remarks>
public sealed partial class AssetProcessor
{
    private const string ClockOffsetName = "clockOffset";

    private readonly MeasurandCatalog _catalog;
    private readonly AssetDirectory _directory;
    private readonly AlarmRuleSet _rules;
    private readonly AlarmJudge _judge;
    private readonly WindowBook _windows;
    private readonly SiteDays _days;
    private readonly AssetUpdate _update = new();
    private readonly MeasurandId _online;
    private readonly MeasurandId _clockOffset;
    private readonly long _aheadMilliseconds;
    private readonly long _oldestMilliseconds;
    private readonly int _maximumMeasurands;

    /// <param name="sites">Give the time zones of local days; a site that isn't among them gets <see cref="FleetReader.DefaultTimeZone"/>.</param>
    /// <param name="outages">Places judged for outages; null for none.</param>
    public AssetProcessor(MeasurandCatalog catalog, AssetDirectory directory, AlarmRuleSet rules, ProcessorOptions options, IEnumerable<Site>? sites = null, OutageMap? outages = null)
    {
        _catalog = catalog;
        _directory = directory;
        _rules = rules;
        _days = new SiteDays(sites ?? []);
        _judge = new AlarmJudge(rules, catalog, directory, _days, _update, outages ?? OutageMap.Empty);
        _windows = new WindowBook(_days, _update, (long)options.IdleDelay.TotalMilliseconds, (long)options.LatenessLimit.TotalMilliseconds);
        _online = catalog.Id(AlarmJudge.OnlineName);
        _clockOffset = catalog.Id(ClockOffsetName);
        _aheadMilliseconds = (long)options.ClockAheadLimit.TotalMilliseconds;
        _oldestMilliseconds = options.OldestReading > TimeSpan.Zero ? (long)options.OldestReading.TotalMilliseconds : long.MaxValue;
        _maximumMeasurands = Math.Min(options.MaximumMeasurands, ProcessorOptions.MeasurandLimit);
    }

    internal SiteDays Days => _days;

    internal MeasurandCatalog Catalog => _catalog;

    internal AssetDirectory Directory => _directory;

    internal AlarmRuleSet Rules => _rules;

    /// <summary>A fresh state for an asset of the directory.</summary>
    public AssetState Create(AssetHandle handle)
    {
        var asset = _directory[handle];
        return new AssetState(handle)
        {
            Kind = asset.Kind,
            Site = (ushort)_days.IndexOf(asset.Id.Site),
            RatedWatts = (float)(asset.RatedPowerWatts ?? 0),
            ReportingIntervalMilliseconds = WindowRecomputation.ReportingIntervalOf(asset),
        };
    }

    /// <summary>Takes the readings of one message.</summary>
    public AssetUpdate Apply(AssetState state, in ReadingBatch batch)
    {
        _update.Reset(batch.Asset, batch.ReceivedAt, batch.Route, batch.Position);
        var readings = batch.Readings;
        if (state.Slots.Length == 0 && readings.Length > 1)
        {
            SlotLayout.Prepare(state, readings);
        }

        var (lastArrival, lastStamp, ahead) = (state.LastReceivedAt, state.Watermark, Instant.MinValue);
        bool anyTaken = false;
        bool anyRefused = false;
        int slot = -1;
        for (int start = 0; start < readings.Length;)
        {
            // Readings of one number in a row are one message of the device.
            uint sequence = readings[start].Sequence;
            bool wasTaken = sequence != 0 && state.Sequences.Holds(sequence);
            var before = state.Watermark;
            var newest = Instant.MinValue;
            var oldest = Instant.MaxValue;
            int end = start;
            for (; end < readings.Length && readings[end].Sequence == sequence; end++)
            {
                var outcome = Take(state, in readings[end], batch.ReceivedAt, wasTaken, ref slot);
                _update.Count(outcome);
                ahead = outcome == ReadingOutcome.ClockAhead ? Instant.Max(ahead, readings[end].MeasuredAt) : ahead;
                bool stored = outcome is not (ReadingOutcome.Duplicate or ReadingOutcome.ClockAhead or ReadingOutcome.ClockBehind or ReadingOutcome.TooManyMeasurands);
                anyTaken |= stored;
                anyRefused |= !stored && outcome != ReadingOutcome.Duplicate;
                if (stored)
                {
                    newest = Instant.Max(newest, readings[end].MeasuredAt);
                    oldest = Instant.Min(oldest, readings[end].MeasuredAt);
                }
            }

            if (sequence != 0 && newest > Instant.MinValue)
            {
                state.Sequences.Take(sequence, oldest, newest, before);
            }

            start = end;
        }

        var stamp = Instant.Max(ahead, state.Watermark);
        if (stamp > lastStamp && ClockEstimate.IsDue(lastArrival, batch.ReceivedAt))
        {
            JudgeClock(state, stamp, batch.ReceivedAt);
        }

        _update.Message = anyTaken ? MessageOutcome.Stored : anyRefused ? MessageOutcome.Quarantined : MessageOutcome.Duplicate;
        _update.NextDeadline = NextDeadline(state);
        return _update;
    }

    /// <summary>Lets time alone act: publishes windows of an idle asset, judges silence, ends shelving. Harmless when nothing is due.</summary>
    public AssetUpdate Tick(AssetState state, Instant now)
    {
        _update.Reset(state.Handle, now, 0, 0);
        _windows.CloseIdle(state, now);
        _judge.OnWindows(state, now);
        _judge.OnTime(state, now);
        _update.NextDeadline = NextDeadline(state);
        return _update;
    }

    /// <summary>As <see cref="Tick"/> for windows alone; alarms wait. Its next deadline, too, is that of windows.</summary>
    public AssetUpdate TickWindows(AssetState state, Instant now)
    {
        _update.Reset(state.Handle, now, 0, 0);
        _windows.CloseIdle(state, now);
        _judge.OnWindows(state, now);
        _update.NextDeadline = _windows.NextDeadline(state);
        return _update;
    }

    /// <summary>Carries out a person's request to an alarm of the asset.</summary>
    public AssetUpdate Command(AssetState state, AlarmCommand command, out AlarmCommandResult result)
    {
        _update.Reset(state.Handle, command.At, 0, 0);
        result = _judge.OnCommand(state, command);
        _update.NextDeadline = NextDeadline(state);
        return _update;
    }

    /// <summary>Takes summaries that were made again from the stored readings (<see cref="AssetUpdate.Reopenings"/>).</summary>
    /// <param name="state">Null for an asset that has none: then only windows that nobody holds are corrected.</param>
    public AssetUpdate Correct(AssetHandle asset, AssetState? state, ReadOnlySpan<WindowCorrection> corrections, Instant now)
    {
        _update.Reset(asset, now, 0, 0);
        foreach (ref readonly var correction in corrections)
        {
            _windows.Correct(state, in correction);
        }

        if (state is not null)
        {
            _judge.OnWindows(state, now);
        }

        _update.NextDeadline = state is null ? Instant.MaxValue : NextDeadline(state);
        return _update;
    }

    /// <summary>Closes an alarm whose rule is gone or watches something else now: a step to normal that says so.</summary>
    /// <param name="last">The alarm's latest step.</param>
    /// <param name="at">When it is closed; the same instant again makes the same step.</param>
    public AssetUpdate Close(AssetState state, AlarmTransition last, Instant at) => EndAlarm(state, last, at, AlarmSentence.RuleGone);

    /// <summary>Closes an alarm that others still show and that the asset doesn't have: a step to normal that says so.</summary>
    public AssetUpdate CloseForgotten(AssetState state, AlarmTransition last, Instant at) => EndAlarm(state, last, at, AlarmSentence.Forgotten);

    private AssetUpdate EndAlarm(AssetState state, AlarmTransition last, Instant at, string why)
    {
        _update.Reset(state.Handle, at, 0, 0);
        _update.Add(last with { From = last.To, To = AlarmState.Normal, At = at, Value = null, By = AlarmJudge.Platform, Why = why });
        _update.NextDeadline = NextDeadline(state);
        return _update;
    }

    /// <summary>Takes over a state that another processor of the same catalog, rules and options made.</summary>
    public void Adopt(AssetState state) => state.Site = (ushort)_days.IndexOf(_directory[state.Handle].Id.Site);

    /// <summary>The platform listens again from <paramref name="now"/> on, after a replay.</summary>
    /// <remarks>
    /// Silence counts from here at the earliest, since nobody could be heard before. Windows that have ended skip some revisions: a tick that fell between two messages by chance of milliseconds may have published
    /// one more before the restart than the replay did, and a later revision must replace it.
    /// </remarks>
    public static void Rearm(AssetState state, Instant now)
    {
        if (state.ArmedAt > Instant.MinValue)
        {
            state.ArmedAt = Instant.Max(state.ArmedAt, now);
        }

        WindowBook.SkipRevisions(state, now);
    }

    /// <summary>When the asset next wants a tick; <see cref="Instant.MaxValue"/> for never.</summary>
    public Instant NextDeadline(AssetState state) => Instant.Min(_windows.NextDeadline(state), _judge.NextDeadline(state));

    /// <summary>When time alone next moves one of its alarms; <see cref="Instant.MaxValue"/> for never.</summary>
    public Instant NextAlarmDeadline(AssetState state) => _judge.NextDeadline(state);

    private ReadingOutcome Take(AssetState state, in Reading reading, Instant receivedAt, bool sequenceTaken, ref int slotHint)
    {
        long age = receivedAt.UnixMilliseconds - reading.MeasuredAt.UnixMilliseconds;
        if (age < -_aheadMilliseconds)
        {
            return ReadingOutcome.ClockAhead;
        }

        if (reading.MeasuredAt < Instant.EarliestPlausible || age > _oldestMilliseconds)
        {
            return ReadingOutcome.ClockBehind;
        }

        int index = state.Find(reading.Measurand, slotHint + 1);
        if (index < 0)
        {
            if (state.SlotCount >= _maximumMeasurands)
            {
                return ReadingOutcome.TooManyMeasurands;
            }

            index = SlotLayout.Add(state, _catalog[reading.Measurand], _judge.PlanOf(state).GroupOf(reading.Measurand));
        }

        slotHint = index;
        ref var slot = ref state.Slots[index];
        if (DuplicateRule.Applies(state, in slot, index, in reading, sequenceTaken))
        {
            return ReadingOutcome.Duplicate;
        }

        state.ReadingCount++;
        state.LastReceivedAt = Instant.Max(state.LastReceivedAt, receivedAt);
        if (state.ArmedAt == Instant.MinValue)
        {
            state.ArmedAt = receivedAt;
            _judge.OnFirst(state, receivedAt);
        }

        return Place(state, index, in reading, receivedAt);
    }

    /// <summary>Moves the estimate of the device's clock, and tells it as a reading of the asset when there is something to tell.</summary>
    private void JudgeClock(AssetState state, Instant stamp, Instant receivedAt)
    {
        state.ClockAheadMilliseconds = ClockEstimate.Move(state.ClockAheadMilliseconds, stamp - receivedAt);
        if (Math.Abs((long)state.ClockAheadMilliseconds) >= ClockEstimate.ToldFromMilliseconds || state.Find(_clockOffset, -1) >= 0)
        {
            int slot = -1;
            var told = new Reading(receivedAt, state.ClockAheadMilliseconds / 1000.0, 0, _clockOffset, Quality.Estimated, ReadingOrigin.TimeOfArrival);
            Take(state, in told, receivedAt, sequenceTaken: false, ref slot);
        }
    }

    private ReadingOutcome Place(AssetState state, int index, in Reading reading, Instant receivedAt)
    {
        ref var slot = ref state.Slots[index];
        bool isHistorical = (reading.Origin & ReadingOrigin.Historical) != ReadingOrigin.None;
        bool isAgeUnknown = (reading.Origin & (ReadingOrigin.Retained | ReadingOrigin.TimeOfArrival)) == (ReadingOrigin.Retained | ReadingOrigin.TimeOfArrival);
        bool isLatest = reading.MeasuredAt > state.LatestOf(index).At && !isHistorical;
        bool isFinite = double.IsFinite(reading.Value);
        var outcome = reading.Quality == Quality.Bad || !isFinite ? ReadingOutcome.Bad
            : !_catalog[reading.Measurand].Accepts(reading.Value) ? ReadingOutcome.OutOfRange
            : ReadingOutcome.Accepted;
        var kept = reading;
        if (outcome != ReadingOutcome.Accepted)
        {
            kept = reading with { Quality = Quality.Bad, Value = isFinite ? reading.Value : 0 };
        }
        else if (isAgeUnknown && reading.Quality < Quality.Uncertain)
        {
            kept = reading with { Quality = Quality.Uncertain };
        }

        _update.Add(in kept);
        bool isInOrder = isLatest && !isAgeUnknown && reading.MeasuredAt > slot.NewestAt;
        KeepLatest(state, index, in kept, isLatest, isAggregated: outcome == ReadingOutcome.Accepted && reading.MeasuredAt > slot.NewestAt);

        if (outcome != ReadingOutcome.Accepted)
        {
            return outcome;
        }

        bool isOnline = reading.Measurand == _online;
        bool movesClock = isInOrder && !isOnline && reading.Measurand != _clockOffset && reading.MeasuredAt > state.Watermark;
        if (movesClock)
        {
            _windows.CloseBefore(state, reading.MeasuredAt);
            state.Watermark = reading.MeasuredAt;
            _judge.OnWindows(state, receivedAt);
            _judge.OnSign(state, receivedAt);
        }

        var previousAt = slot.NewestAt;
        var place = _windows.Add(state, ref slot, in kept, _directory);
        _judge.OnWindows(state, receivedAt);
        if (isInOrder)
        {
            if (slot.Watchers != 0)
            {
                _judge.OnReading(state, slot.Watchers, in kept, previousAt);
            }

            if (isOnline && kept.Value == 0)
            {
                DoubtValuesUpTo(state, kept.MeasuredAt);
                _judge.OnGasp(state, kept.MeasuredAt);
            }

            return ReadingOutcome.Accepted;
        }

        return place;
    }

    /// <summary>Keeps the latest value apart while it isn't the newest aggregated one, so that it takes room only then.</summary>
    private static void KeepLatest(AssetState state, int index, in Reading kept, bool isLatest, bool isAggregated)
    {
        ref var slot = ref state.Slots[index];
        if (isLatest)
        {
            slot.LatestQuality = kept.Quality;
            slot.IsLatestApart = false;
            if (!isAggregated)
            {
                state.SetLatest(index, new LatestReading(kept.MeasuredAt, kept.Value));
            }
        }
        else if (isAggregated && !slot.IsLatestApart)
        {
            state.SetLatest(index, state.LatestOf(index));
        }
    }

    private void DoubtValuesUpTo(AssetState state, Instant at)
    {
        for (int i = 0; i < state.SlotCount; i++)
        {
            ref var slot = ref state.Slots[i];
            if (slot.Measurand != _online && slot.LatestQuality < Quality.Uncertain && state.LatestOf(i).At <= at)
            {
                slot.LatestQuality = Quality.Uncertain;
            }
        }
    }
}
