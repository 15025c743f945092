using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Lets the rules speak about one asset and writes the steps of its alarms into the update. Holds nothing of an asset.</summary>
internal sealed partial class AlarmJudge
{
    /// <summary>By of a step that no person made.</summary>
    public const string Platform = "platform";

    /// <summary>Longest time on the shelf.</summary>
    public static readonly TimeSpan LongestShelving = TimeSpan.FromHours(24);

    private readonly AlarmRuleSet _rules;
    private readonly AssetDirectory _directory;
    private readonly AssetUpdate _update;
    private readonly MeasurandCatalog _catalog;
    private readonly OutageMap _outages;
    private readonly LimitJudge _limits;

    /// <param name="days">Give the local time of sites.</param>
    /// <param name="update">Takes the steps.</param>
    /// <param name="outages">Places that are judged for outages.</param>
    public AlarmJudge(AlarmRuleSet rules, MeasurandCatalog catalog, AssetDirectory directory, SiteDays days, AssetUpdate update, OutageMap outages)
    {
        (_rules, _catalog, _directory, _update, _outages) = (rules, catalog, directory, update, outages);
        _limits = new LimitJudge(this, catalog, directory, days);
    }

    public AlarmPlan PlanOf(AssetState state) => _rules.PlanOf(state.Kind);

    /// <summary>Judges a live reading that is newer than all before it.</summary>
    /// <param name="previousAt">MeasuredAt of the measurand's reading before it.</param>
    public void OnReading(AssetState state, ushort group, in Reading reading, Instant previousAt) => _limits.OnReading(state, PlanOf(state), group, in reading, previousAt);

    /// <summary>Judges the windows that the update holds and that haven't been judged yet.</summary>
    /// <param name="now">When they were published.</param>
    public void OnWindows(AssetState state, Instant now)
    {
        int end = _update.Windows.Length;
        var plan = PlanOf(state);
        if (plan.Windows.Length > 0)
        {
            for (int i = _update.JudgedWindows; i < end; i++)
            {
                _limits.OnWindow(state, plan, in _update.Windows[i], now);
            }
        }

        _update.JudgedWindows = end;
    }

    /// <summary>The asset's clock moved on: who was silent may speak again, if what it says is not itself too old.</summary>
    /// <param name="now">When the reading arrived.</param>
    public void OnSign(AssetState state, Instant now)
    {
        if (state.IsSilent)
        {
            HearAgain(state, now);
        }

        if (state.Alarms is not { } alarms)
        {
            return;
        }

        var plan = PlanOf(state);
        foreach (var silence in plan.Silences)
        {
            if (alarms.Open[silence.Rule] is { IsAbnormal: true } && SilentAt(state, silence) > now)
            {
                Step(state, plan, silence.Rule, AlarmInput.BecameNormal, state.Watermark, null, AlarmSentence.SpeaksAgain(state.Watermark));
            }
        }

        Forget(state);
    }

    /// <summary>Judges what time alone brings about: silence, and the end of shelving. What was due first is judged first, so that a late call makes the same steps as one in time.</summary>
    public void OnTime(AssetState state, Instant now)
    {
        var plan = PlanOf(state);
        foreach (var silence in plan.Silences)
        {
            var silentAt = SilentAt(state, silence);
            if (silentAt <= now && state.Alarms?.Open[silence.Rule] is not { IsAbnormal: true } && !WaitsForJudge(state, silence, silentAt, now))
            {
                EndAside(state, plan, silence.Rule, new Instant(HeldUntil(state, silence).UnixMilliseconds - 1));
                state.Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
                Step(state, plan, silence.Rule, AlarmInput.BecameAbnormal, silentAt, null, Silence(state, silence));
            }
        }

        for (int rule = 0; rule < state.Alarms?.Open.Length; rule++)
        {
            EndAside(state, plan, rule, now);
        }

        Forget(state);
    }

    /// <summary>Takes the alarm back from the shelf, or from the outage that it waited for, if its time there was over by <paramref name="by"/>.</summary>
    private void EndAside(AssetState state, AlarmPlan plan, int rule, Instant by)
    {
        if (state.Alarms?.Open[rule] is not { } alarm || alarm.AsideUntil > by)
        {
            return;
        }

        if (alarm.State == AlarmState.Shelved)
        {
            Move(state, plan, rule, AlarmInput.Unshelve, alarm.AsideUntil, null, Platform, AlarmSentence.ShelvingOver(alarm.IsAbnormal));
        }
        else if (alarm is { State: AlarmState.SuppressedByDesign, SuppressedBy: { } place })
        {
            Move(state, plan, rule, AlarmInput.Unsuppress, alarm.AsideUntil, null, Platform, StillSilent(place));
        }
    }

    /// <summary>When time alone next brings something about; <see cref="Instant.MaxValue"/> for never.</summary>
    public Instant NextDeadline(AssetState state)
    {
        var next = Instant.MaxValue;
        foreach (var silence in PlanOf(state).Silences)
        {
            if (state.Alarms?.Open[silence.Rule] is not { IsAbnormal: true })
            {
                next = Instant.Min(next, state.IsSilent ? HeldUntil(state, silence) : SilentAt(state, silence));
            }
        }

        if (state.Alarms is { } alarms)
        {
            foreach (var alarm in alarms.Open)
            {
                next = alarm is null ? next : Instant.Min(next, alarm.AsideUntil);
            }
        }

        return next;
    }

    /// <summary>Carries out a person's request.</summary>
    public AlarmCommandResult OnCommand(AssetState state, AlarmCommand command)
    {
        var plan = PlanOf(state);
        int rule = plan.IndexOf(command.Rule);
        if (rule < 0 || (!state.HasReadings && state.Alarms is null))
        {
            return AlarmCommandResult.Unknown;
        }

        if (command.AlarmId is { } seen && state.Alarms?.Open[rule]?.Last?.AlarmId != seen)
        {
            return AlarmCommandResult.Unknown;
        }

        var from = state.Alarms?.Open[rule]?.State ?? AlarmState.Normal;
        bool isAbnormal = state.Alarms?.Open[rule]?.IsAbnormal ?? false;
        var (input, why) = command.Action switch
        {
            AlarmAction.Acknowledge => (AlarmInput.Acknowledge, command.Why),
            AlarmAction.Unshelve => (AlarmInput.Unshelve, command.Why),
            AlarmAction.Suppress => (AlarmInput.Suppress, command.Why),
            AlarmAction.Unsuppress => (AlarmInput.Unsuppress, command.Why),
            AlarmAction.RemoveFromService => (AlarmInput.RemoveFromService, command.Why),
            AlarmAction.ReturnToService => (AlarmInput.ReturnToService, command.Why),
            _ => (AlarmInput.Shelve, AlarmSentence.ShelvedFor(command.ShelveFor ?? default, command.Why)),
        };
        bool isShelving = input == AlarmInput.Shelve;
        bool isPutAside = isShelving || input is AlarmInput.Suppress or AlarmInput.RemoveFromService;
        var to = AlarmMachine.Next(from, input, isAbnormal);
        if (to is null
            || (isPutAside && string.IsNullOrWhiteSpace(command.Why))
            || (isShelving && (command.ShelveFor is not { } span || span <= TimeSpan.Zero || span > LongestShelving)))
        {
            return AlarmCommandResult.NotAllowed;
        }

        if (to == from)
        {
            return AlarmCommandResult.AlreadySo;
        }

        state.Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
        Move(state, plan, rule, input, command.At, null, command.By, why);
        if (isShelving)
        {
            state.Alarms.Open[rule]!.AsideUntil = command.At + command.ShelveFor!.Value;
        }

        Forget(state);
        return AlarmCommandResult.Done;
    }

    private static Instant SilentAt(AssetState state, AlarmSilence silence)
    {
        long after = silence.Milliseconds(state.ReportingIntervalMilliseconds);
        return after == long.MaxValue || state.Watermark == Instant.MinValue
            ? Instant.MaxValue
            : new Instant(Instant.Max(state.Watermark, state.ArmedAt).UnixMilliseconds + after);
    }

    /// <summary>Gives up what is kept of an asset's alarms when nothing of it differs from an asset that never had one.</summary>
    public static void Forget(AssetState state)
    {
        if (state.Alarms is { IsEmpty: true })
        {
            state.Alarms = null;
        }
    }

    /// <summary>The process became abnormal, worse or normal.</summary>
    public void Step(AssetState state, AlarmPlan plan, int rule, AlarmInput input, Instant at, double? value, string why)
    {
        if (state.Alarms!.Open[rule] is { } alarm)
        {
            alarm.IsAbnormal = input != AlarmInput.BecameNormal;
            alarm.Value = value ?? alarm.Value;
        }

        Move(state, plan, rule, input, at, value, Platform, why);
        if (input == AlarmInput.BecameNormal && state.Alarms!.Open[rule] is { State: AlarmState.SuppressedByDesign, SuppressedBy: not null })
        {
            Move(state, plan, rule, AlarmInput.Unsuppress, at, value, Platform, why);
        }
    }

    private void Move(AssetState state, AlarmPlan plan, int rule, AlarmInput input, Instant at, double? value, string by, string why, string? suppressedBy = null)
    {
        var open = state.Alarms!.Open;
        var from = open[rule]?.State ?? AlarmState.Normal;
        bool isAbnormal = open[rule]?.IsAbnormal ?? (input == AlarmInput.BecameAbnormal);
        if (AlarmMachine.Next(from, input, isAbnormal) is not { } to || (to == from && !(input == AlarmInput.BecameWorse && to == AlarmState.Unacknowledged)))
        {
            return;
        }

        var alarm = open[rule] ??= new Alarm { RaisedAt = at, IsAbnormal = isAbnormal, Value = value };
        alarm.State = to;
        alarm.AsideUntil = Instant.MaxValue;
        alarm.SuppressedBy = to == AlarmState.SuppressedByDesign ? suppressedBy : null;
        bool wasQuiet = alarm.IsQuiet;
        alarm.IsQuiet &= to == AlarmState.Normal || suppressedBy is not null;
        var asset = _directory[state.Handle].Id;
        var definition = plan.Rules[rule];
        var severity = SeverityOf(definition, alarm, LimitJudge.Worst(state.Alarms, rule, plan));
        alarm.Last = new AlarmTransition(AlarmTransition.IdOf(asset, definition.Name, alarm.RaisedAt), asset, definition.Name, definition.Title, severity, from, to, at, alarm.RaisedAt, value, by, why)
        {
            IsQuiet = wasQuiet && alarm.IsQuiet,
        };
        _update.Add(alarm.Last);
        if (to == AlarmState.Normal)
        {
            open[rule] = null;
        }
    }
    /// <summary>A ladder keeps the highest severity it reached until the alarm is over.</summary>
    private static AlarmSeverity SeverityOf(AlarmRule rule, Alarm alarm, AlarmSeverity worst) =>
        rule.Condition is not LimitCondition { IsLadder: true } ? rule.Severity
        : alarm.Last is { } last && last.Severity > worst ? last.Severity
        : worst != default ? worst : rule.Severity;
}
