using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>The asset's part in outages: it gives signs of itself, its silence alarms wait until it is judged whether an outage is their cause, and are suppressed when it is.</summary>
internal sealed partial class AlarmJudge
{
    /// <summary>The measurand by which a device says that it goes: 0.</summary>
    public const string OnlineName = "online";

    /// <summary>The asset's first reading ever.</summary>
    public void OnFirst(AssetState state, Instant at)
    {
        if (_outages.Has(state.Handle))
        {
            _update.Sign = new OutageSign(OutageSignKind.Heard, at, 0);
        }
    }

    /// <summary>The asset said that it goes.</summary>
    public void OnGasp(AssetState state, Instant at)
    {
        if (_outages.Has(state.Handle) && at >= state.Watermark)
        {
            state.IsSilent = true;
            _update.Sign = new OutageSign(OutageSignKind.Gasp, at, 0);
        }
    }

    /// <summary>What a census takes down of an asset: its latest sign, told again from here on.</summary>
    public OutageSign SignOf(AssetState state, Instant now)
    {
        if (!_outages.Has(state.Handle) || !state.HasReadings)
        {
            return default;
        }

        if (LastGasp(state) is { } gasp)
        {
            state.IsSilent = true;
            return new OutageSign(OutageSignKind.Gasp, gasp, 0);
        }

        bool isGone = IsConnection(state) && OutageOf(state) is not null;
        foreach (var silence in PlanOf(state).Silences)
        {
            if (isGone || state.Alarms?.Open[silence.Rule] is { IsAbnormal: true } || (state.IsSilent && SilentAt(state, silence) <= now))
            {
                state.IsSilent = true;
                return SilentSign(state, silence);
            }
        }

        state.IsSilent = false;
        return new OutageSign(OutageSignKind.Heard, state.Watermark, 0);
    }

    /// <summary>The outage that the asset, as a place, has: since when, and whether a wider one covers it; null for none.</summary>
    public (Instant Start, bool IsFolded)? OutageOf(AssetState state) => PlanOf(state).OutageRule is >= 0 and var rule && state.Alarms?.Open[rule] is { IsAbnormal: true } alarm
        ? (alarm.Since, alarm is { State: AlarmState.SuppressedByDesign, SuppressedBy: not null })
        : null;

    /// <summary>Carries out a step of an outage at its place.</summary>
    public void OnOutage(AssetState state, OutageStep step)
    {
        var plan = PlanOf(state);
        int rule = plan.OutageRule;
        if (rule < 0)
        {
            return;
        }

        state.Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
        var alarm = state.Alarms.Open[rule];
        switch (step.Action)
        {
            case OutageAction.Begin when alarm is not { IsAbnormal: true } && step.Into is { } cause:
                if (alarm is not null)
                {
                    alarm.IsAbnormal = true;
                }

                Move(state, plan, rule, AlarmInput.Suppress, step.Start, step.Customers, Platform, step.Why, _directory[cause].Id.ToString());
                if (state.Alarms.Open[rule] is { } raised)
                {
                    (raised.IsAbnormal, raised.Since) = (true, step.Start);
                }

                break;
            case OutageAction.Begin when alarm is not { IsAbnormal: true }:
                Step(state, plan, rule, AlarmInput.BecameAbnormal, step.Start, step.Customers, step.Why);
                state.Alarms.Open[rule]!.Since = step.Start;
                break;
            case OutageAction.Begin or OutageAction.Extend when alarm is not null:
                alarm.Value = step.Customers;
                break;
            case OutageAction.Fold when alarm is not null && step.Into is { } into:
                Move(state, plan, rule, AlarmInput.Suppress, step.At, null, Platform, step.Why, _directory[into].Id.ToString());
                break;
            case OutageAction.Unfold when alarm is { SuppressedBy: not null }:
                Move(state, plan, rule, AlarmInput.Unsuppress, step.At, step.Customers, Platform, step.Why);
                break;
            case OutageAction.End when alarm is { IsAbnormal: true }:
                Step(state, plan, rule, AlarmInput.BecameNormal, step.At, null, step.Why);
                break;
        }

        Forget(state);
    }

    /// <summary>Carries out a step of an outage at an asset below its place, or the place itself as an asset that is silent.</summary>
    public void OnOutageAbove(AssetState state, OutageStep step)
    {
        if (_outages.PlaceOf(step.Place) is not { } place)
        {
            return;
        }

        if (place.IsConnection && place.Asset == state.Handle)
        {
            return;
        }

        var plan = PlanOf(state);
        string name = place.Id.ToString();
        foreach (var silence in plan.Silences)
        {
            if (step.Action == OutageAction.End)
            {
                if (state.Alarms?.Open[silence.Rule] is { State: AlarmState.SuppressedByDesign } left && left.SuppressedBy == name)
                {
                    left.AsideUntil = step.At + place.Condition.Stragglers;
                }
            }
            else if (step.Action is OutageAction.Begin or OutageAction.Extend or OutageAction.Unfold)
            {
                Suppress(state, plan, silence, step, place, name);
            }
        }
    }

    private void Suppress(AssetState state, AlarmPlan plan, AlarmSilence silence, OutageStep step, OutagePlace place, string name)
    {
        var gasp = LastGasp(state);
        var silentAt = gasp ?? SilentAt(state, silence);
        var lastAt = gasp ?? state.Watermark;
        long spare = (gasp is null ? IntervalOf(state, silence) + DeafOf(state) : 0) + (long)place.Condition.Within.TotalMilliseconds;
        if (silentAt > step.At || lastAt.UnixMilliseconds + spare < step.Start.UnixMilliseconds || (place.IsConnection && lastAt > place.LastHeard(step.Start)))
        {
            // It speaks, or it was silent long before, or it was heard by another way.
            return;
        }

        if (!state.IsSilent)
        {
            // The step came before its own tick.
            state.IsSilent = true;
            _update.Sign = SilentSign(state, silence);
        }

        var alarms = state.Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
        var alarm = alarms.Open[silence.Rule];
        if (alarm is { State: AlarmState.SuppressedByDesign, SuppressedBy: not null })
        {
            (alarm.SuppressedBy, alarm.AsideUntil) = (name, Instant.MaxValue);
            return;
        }

        if (alarm is not null)
        {
            alarm.IsAbnormal = true;
        }

        var at = alarm is null ? silentAt : step.At;
        Move(state, plan, silence.Rule, AlarmInput.Suppress, at, null, Platform, OutageSentence.Member(place, step), name);
        if (alarms.Open[silence.Rule] is { } raised)
        {
            raised.IsAbnormal = true;
        }
    }

    /// <summary>It measures again: it isn't silent any more, unless what it says is itself too old.</summary>
    private void HearAgain(AssetState state, Instant now)
    {
        if (LastGasp(state) is not null)
        {
            return;
        }

        foreach (var silence in PlanOf(state).Silences)
        {
            if (SilentAt(state, silence) <= now)
            {
                return;
            }
        }

        state.IsSilent = false;
        _update.Sign = new OutageSign(OutageSignKind.Heard, state.Watermark, 0);
    }

    /// <summary>Whether a silence that is due isn't told yet, because it is judged whether an outage is its cause; gives the sign when it wasn't given before.</summary>
    private bool WaitsForJudge(AssetState state, AlarmSilence silence, Instant silentAt, Instant now)
    {
        long interval = IntervalOf(state, silence);
        long hold = _outages.HoldMilliseconds(state.Handle, interval);
        if (hold > 0 && !state.IsSilent)
        {
            state.IsSilent = true;
            _update.Sign = SilentSign(state, silence);
        }

        return IsConnection(state) || silentAt.UnixMilliseconds + hold > now.UnixMilliseconds;
    }

    /// <summary>A gateway or bridge that is judged: its silence is the judge's alarm, and none of its own.</summary>
    private bool IsConnection(AssetState state) => _outages.PlaceOf(state.Handle) is { IsConnection: true };

    private static OutageSign SilentSign(AssetState state, AlarmSilence silence) => new(OutageSignKind.Silent, state.Watermark, IntervalOf(state, silence), DeafOf(state));

    /// <summary>How long after its last measurement the platform could hear nobody.</summary>
    private static long DeafOf(AssetState state) => Math.Max(0, state.ArmedAt.UnixMilliseconds - state.Watermark.UnixMilliseconds);

    private Instant HeldUntil(AssetState state, AlarmSilence silence)
    {
        var silentAt = SilentAt(state, silence);
        return silentAt == Instant.MaxValue || IsConnection(state) ? Instant.MaxValue : new Instant(silentAt.UnixMilliseconds + _outages.HoldMilliseconds(state.Handle, IntervalOf(state, silence)));
    }

    /// <summary>Says since when, and what is known of the cause: below a judged place it is no outage, so the device or its connection; of others nothing is known.</summary>
    private string Silence(AssetState state, AlarmSilence silence)
    {
        string since = AlarmSentence.Silent(state.Watermark, silence.Milliseconds(state.ReportingIntervalMilliseconds));
        return LastGasp(state) is { } gasp ? since + AlarmSentence.SaidGoodbye(gasp)
            : (_outages.PlaceAbove(state.Handle), _outages.Through(state.Handle)) switch
            {
                (null, null) => since,
                (not null, null) => since + AlarmSentence.NoOutage,
                (null, not null) => since + AlarmSentence.ConnectionIsThere,
                _ => since + AlarmSentence.NoCauseAbove,
            };
    }

    private string StillSilent(string place) =>
        AssetId.TryParse(place, out var id) && _directory.TryFind(id, out var handle) && _outages.PlaceOf(handle) is { IsConnection: true }
            ? AlarmSentence.StillSilentBehind(place)
            : AlarmSentence.StillSilent(place);

    /// <summary>Within this time a living asset is heard again.</summary>
    private static long IntervalOf(AssetState state, AlarmSilence silence) =>
        state.ReportingIntervalMilliseconds > 0 ? state.ReportingIntervalMilliseconds : silence.Milliseconds(0);

    /// <summary>When it said that it goes, if it measured nothing since and didn't say that it is back.</summary>
    private Instant? LastGasp(AssetState state)
    {
        int index = state.Find(_catalog.Id(OnlineName), 0);
        return index >= 0 && state.Slots[index] is { NewestValue: 0 } online && online.NewestAt > Instant.MinValue && online.NewestAt >= state.Watermark ? online.NewestAt : null;
    }
}
