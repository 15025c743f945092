using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Compares readings and windows with the limits of the rules, and lets <see cref="AlarmJudge"/> make the steps that follow. Allocates only for assets that are beyond a limit or whose rule must remember something.</summary>
internal sealed class LimitJudge(AlarmJudge steps, MeasurandCatalog catalog, AssetDirectory directory, SiteDays days)
{
    private const int IntervalsUntilGap = 3;
    private const long GapMillisecondsWithoutInterval = 300_000;
    private const AlarmSeverity None = default;

    private readonly LocalHours _hours = new(days);
    private readonly Dictionary<(int Asset, AlarmQuantity Quantity), double> _rated = [];

    /// <summary>Judges a live reading that is newer than all before it.</summary>
    /// <param name="previousAt">MeasuredAt of the measurand's reading before it.</param>
    public void OnReading(AssetState state, AlarmPlan plan, ushort group, in Reading reading, Instant previousAt)
    {
        var at = reading.MeasuredAt;
        bool isGap = previousAt == Instant.MinValue || at.UnixMilliseconds - previousAt.UnixMilliseconds > LongestGap(state);
        foreach (var source in plan.Group(group))
        {
            double value = source.Kind switch
            {
                AlarmSourceKind.Rate => TraceOf<RateTrace>(state, plan, source).Take(at, reading.Value, (RateCondition)source.Condition, isGap),
                AlarmSourceKind.Frozen => TraceOf<FrozenTrace>(state, plan, source).Take(at, reading.Value, (FrozenCondition)source.Condition, isGap),
                _ => reading.Value,
            };
            var sight = new Sight(at, at, value, reading.Value, isGap);
            var before = Worst(state.Alarms, source.Rule, plan);
            Advance(state, plan, source, in sight, out var decisive);
            Settle(state, plan, source, before, decisive, in sight, at);
        }
    }

    /// <summary>Judges a window that was published for the first time or again.</summary>
    /// <param name="now">When that was, by the platform's clock.</param>
    public void OnWindow(AssetState state, AlarmPlan plan, in WindowUpdate update, Instant now)
    {
        Span<WatcherState> kept = stackalloc WatcherState[WindowTrace.MostRungs];
        foreach (var source in plan.Windows)
        {
            var condition = (WindowCondition)source.Condition;
            if (source.Measurand != update.Measurand || condition.Span != update.Window.Span)
            {
                continue;
            }

            double value = condition.Statistic.Of(update.Summary);
            var trace = TraceOf<WindowTrace>(state, plan, source);
            bool isCorrection = update.Window.Start == trace.Window.Start;
            if (!double.IsFinite(value) || update.Summary.Completeness < condition.LeastCompleteness || update.Window.Start < trace.Window.Start)
            {
                continue;
            }

            var before = Worst(state.Alarms, source.Rule, plan);
            var present = kept[..source.Watchers.Length];
            Keep(state.Alarms, source, present);
            if (isCorrection)
            {
                PutBack(state, plan, source, trace.Before);
            }
            else
            {
                trace.MoveTo(update.Window, present);
            }

            var end = update.Window.End;
            var at = isCorrection ? Instant.Max(end, state.Watermark) : end;
            var sight = new Sight(update.Window.Start, end, value, value, trace.HasGap);
            Advance(state, plan, source, in sight, out var decisive);
            bool isPast = now.UnixMilliseconds - end.UnixMilliseconds > condition.Span.Milliseconds() + LongestGap(state);
            if (isCorrection && isPast && Worst(state.Alarms, source.Rule, plan) > before)
            {
                PutBack(state, plan, source, present);
            }

            Settle(state, plan, source, before, decisive, in sight, at);
        }
    }

    /// <summary>The severity that the tripped limits of a rule ask for; 0 when none has tripped.</summary>
    public static AlarmSeverity Worst(AssetAlarms? alarms, int rule, AlarmPlan plan)
    {
        var worst = None;
        if (alarms is not null)
        {
            foreach (var watcher in plan.Watchers)
            {
                if (watcher.Rule == rule && watcher.Severity > worst && alarms.Watchers[watcher.Index].HasTripped)
                {
                    worst = watcher.Severity;
                }
            }
        }

        return worst;
    }

    private static long LongestGap(AssetState state) =>
        state.ReportingIntervalMilliseconds > 0 ? (long)state.ReportingIntervalMilliseconds * IntervalsUntilGap : GapMillisecondsWithoutInterval;

    private static T TraceOf<T>(AssetState state, AlarmPlan plan, AlarmSource source)
        where T : AlarmTrace, new()
    {
        state.Rare ??= new RareState();
        if (state.Rare.Traces.Length == 0)
        {
            state.Rare.Traces = new AlarmTrace?[plan.Traced.Length];
        }

        return (T)(state.Rare.Traces[source.Trace] ??= new T());
    }

    private static void Keep(AssetAlarms? alarms, AlarmSource source, Span<WatcherState> kept)
    {
        for (int i = 0; i < kept.Length; i++)
        {
            kept[i] = alarms is null ? default : alarms.Watchers[source.Watchers[i].Index];
        }
    }

    /// <param name="kept">Empty for limits that are all calm.</param>
    private static void PutBack(AssetState state, AlarmPlan plan, AlarmSource source, ReadOnlySpan<WatcherState> kept)
    {
        if (kept.Length > 0)
        {
            state.Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
        }

        for (int i = 0; i < source.Watchers.Length && state.Alarms is { } alarms; i++)
        {
            alarms.Watchers[source.Watchers[i].Index] = i < kept.Length ? kept[i] : default;
        }
    }

    /// <summary>Moves every limit of a source on.</summary>
    /// <param name="decisive">The highest limit that tripped now, or the mildest that cleared.</param>
    private void Advance(AssetState state, AlarmPlan plan, AlarmSource source, in Sight sight, out Decisive decisive)
    {
        decisive = default;
        bool isJudged = source.Hours is null || _hours.Hold(source.Hours, state.Site, sight.At);
        foreach (var watcher in source.Watchers)
        {
            if (!TryLimit(state, watcher, sight.At, out double limit, out double deadband))
            {
                continue;
            }

            bool isBeyond = isJudged && watcher.IsBeyond(sight.Value, limit);
            if (state.Alarms is null)
            {
                if (!isBeyond)
                {
                    continue;
                }

                state.Alarms = new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
            }

            ref var watched = ref state.Alarms.Watchers[watcher.Index];
            bool had = watched.HasTripped;
            Advance(ref watched, watcher, in sight, isJudged, isBeyond, limit, deadband);
            if (watched.HasTripped != had && (!had || decisive.Watcher is null))
            {
                decisive = new Decisive(watcher, limit, deadband, isJudged);
            }
        }
    }

    private static void Advance(ref WatcherState watched, AlarmWatcher watcher, in Sight sight, bool isJudged, bool isBeyond, double limit, double deadband)
    {
        long delay;
        if (watched.HasTripped)
        {
            if (isJudged && !watcher.IsCleared(sight.Value, limit, deadband))
            {
                watched.IsPending = false;
                return;
            }

            delay = isJudged ? watcher.OffDelayMilliseconds : 0;
        }
        else if (isBeyond)
        {
            delay = watcher.OnDelayMilliseconds;
        }
        else
        {
            watched = default;
            return;
        }

        if (!watched.IsPending || sight.IsAfterGap)
        {
            (watched.IsPending, watched.Since) = (true, sight.From);
        }

        if (sight.At.UnixMilliseconds - watched.Since.UnixMilliseconds >= delay)
        {
            watched = new WatcherState { HasTripped = !watched.HasTripped };
        }
    }

    /// <summary>Makes the step that follows when the limits of the rule ask for another severity than before.</summary>
    private void Settle(AssetState state, AlarmPlan plan, AlarmSource source, AlarmSeverity before, Decisive decisive, in Sight sight, Instant at)
    {
        if (state.Alarms is null)
        {
            return;
        }

        var after = Worst(state.Alarms, source.Rule, plan);
        if (after == None && before != None)
        {
            string why = decisive.Watcher is not { } cleared ? LimitSentence.Corrected(catalog, source, in sight)
                : decisive.IsJudged ? LimitSentence.Inside(catalog, source, cleared, in sight, decisive.Limit, decisive.Deadband)
                : LimitSentence.OutsideHours(source);
            steps.Step(state, plan, source.Rule, AlarmInput.BecameNormal, at, Shown(source, in sight), why);
        }
        else if (after > before && !(before != None && state.Alarms.Open[source.Rule]?.Last?.Severity >= after))
        {
            int readings = source.Kind == AlarmSourceKind.Frozen ? TraceOf<FrozenTrace>(state, plan, source).Count : 0;
            string why = decisive.Watcher is { } tripped ? LimitSentence.Beyond(catalog, source, tripped, in sight, decisive.Limit, readings) : LimitSentence.Corrected(catalog, source, in sight);
            steps.Step(state, plan, source.Rule, before == None ? AlarmInput.BecameAbnormal : AlarmInput.BecameWorse, at, Shown(source, in sight), why);
        }

        AlarmJudge.Forget(state);
    }

    private static double Shown(AlarmSource source, in Sight sight) => source.Kind == AlarmSourceKind.Frozen ? sight.Reading : sight.Value;

    private bool TryLimit(AssetState state, AlarmWatcher watcher, Instant at, out double limit, out double deadband)
    {
        var quantity = watcher.Rung.At;
        foreach (ref readonly var during in watcher.During.AsSpan())
        {
            if (_hours.Hold(during.Hours, state.Site, at))
            {
                quantity = during.At;
                break;
            }
        }

        (limit, deadband) = (quantity.Number, watcher.Rung.Deadband.Number);
        return (quantity.Attribute is null || TryRated(state, quantity, out limit)) && (watcher.Rung.Deadband.Attribute is null || TryRated(state, watcher.Rung.Deadband, out deadband));
    }

    /// <summary>A share of what the asset is rated by; the rated power stands in its state, other attributes are looked up once.</summary>
    private bool TryRated(AssetState state, AlarmQuantity quantity, out double value)
    {
        if (quantity.Attribute == AlarmQuantity.RatedPower)
        {
            value = state.RatedWatts * quantity.Number;
            return state.RatedWatts > 0;
        }

        var key = (state.Handle.Index, quantity);
        if (!_rated.TryGetValue(key, out value))
        {
            value = quantity.For(directory[state.Handle]) ?? double.NaN;
            _rated[key] = value;
        }

        return !double.IsNaN(value);
    }

    private readonly record struct Decisive(AlarmWatcher? Watcher, double Limit, double Deadband, bool IsJudged);
}

/// <summary>What is compared with limits.</summary>
/// <param name="From">Since when it holds: the reading's instant, the start of a window.</param>
/// <param name="At">Up to when it holds: the reading's instant, the end of a window.</param>
/// <param name="Value">What is compared.</param>
/// <param name="Reading">The reading it comes from.</param>
/// <param name="IsAfterGap">Whether something is missing between it and the one before it.</param>
internal readonly record struct Sight(Instant From, Instant At, double Value, double Reading, bool IsAfterGap);
