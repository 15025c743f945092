using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;

namespace Alatau.Iot.Core.Alarms;

/// <summary>The alarms of one written state, matched with the present rules: what still fits lives on, the rest is to be closed.</summary>
/// <remarks>An alarm fits when its rule is in the plan and, while the process is abnormal, what made it so is still watched: a tripped watcher of a threshold rule, none of a silence rule.</remarks>
internal sealed class RestoredAlarms(AlarmPlan plan, AssetId asset, StateNames names)
{
    private const byte LastState = (byte)AlarmState.OutOfService;
    private const int NoRule = -1;

    /// <summary>Null when none is left.</summary>
    public AssetAlarms? Alarms { get; private set; }

    /// <summary>What conditions remember, by the present plan; empty for nothing.</summary>
    public AlarmTrace?[] Traces { get; private set; } = [];

    /// <summary>Latest step of every alarm that was open.</summary>
    public List<AlarmTransition> All { get; } = [];

    /// <summary>Latest step of those that don't fit any more.</summary>
    public List<AlarmTransition> Orphans { get; } = [];

    public int WatchersGone { get; private set; }

    public void Read(ref StateReader reader)
    {
        int open = reader.UInt16();
        for (int i = 0; i < open && !reader.HasFailed; i++)
        {
            ReadAlarm(ref reader);
        }

        int watched = reader.UInt16();

        // Rules with a tripped watcher, whether it still exists or not.
        var tripped = new HashSet<int>();
        for (int i = 0; i < watched && !reader.HasFailed; i++)
        {
            ReadWatcher(ref reader, tripped);
        }

        int traces = names.Version >= StateNames.WithTraces ? reader.UInt16() : 0;
        for (int i = 0; i < traces && !reader.HasFailed; i++)
        {
            ReadTrace(ref reader);
        }

        if (Alarms is not { } alarms || reader.HasFailed)
        {
            return;
        }

        for (int rule = 0; rule < alarms.Open.Length; rule++)
        {
            if (alarms.Open[rule] is { IsAbnormal: true } alarm && !IsWatched(alarms, rule, tripped))
            {
                Orphans.Add(alarm.Last!);
                alarms.Open[rule] = null;
            }
        }

        Alarms = alarms.IsEmpty ? null : alarms;
    }

    private bool IsWatched(AssetAlarms alarms, int rule, HashSet<int> tripped) => plan.Rules[rule].Condition is SilenceCondition or OutageCondition
        ? !tripped.Contains(rule)
        : plan.Watchers.Any(w => w.Rule == rule && alarms.Watchers[w.Index].HasTripped);

    private void ReadAlarm(ref StateReader reader)
    {
        string? name = RuleName(ref reader);
        var state = (AlarmState)reader.Byte(LastState);
        byte flags = reader.Byte(AlarmFlags.All);
        var raisedAt = reader.Instant();
        var asideUntil = reader.Instant();
        double value = reader.Double();
        var severity = (AlarmSeverity)reader.Byte((byte)AlarmSeverity.Critical);
        var from = (AlarmState)reader.Byte(LastState);
        var at = reader.Instant();
        double lastValue = reader.Double();
        string title = reader.Text();
        string by = reader.Text();
        string why = reader.Text();
        string? suppressedBy = (flags & AlarmFlags.HasSuppressor) != 0 ? reader.Text() : null;
        var since = (flags & AlarmFlags.HasSince) != 0 ? reader.Instant() : default;
        if (reader.HasFailed || name is null)
        {
            return;
        }

        var last = new AlarmTransition(AlarmTransition.IdOf(asset, name, raisedAt), asset, name, title, severity, from, state, at, raisedAt, (flags & AlarmFlags.HasLastValue) != 0 ? lastValue : null, by, why);
        All.Add(last);
        int rule = plan.IndexOf(name);
        if (rule == NoRule)
        {
            Orphans.Add(last);
            return;
        }

        Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
        Alarms.Open[rule] = new Alarm
        {
            State = state,
            RaisedAt = raisedAt,
            IsAbnormal = (flags & AlarmFlags.IsAbnormal) != 0,
            AsideUntil = asideUntil,
            Value = (flags & AlarmFlags.HasValue) != 0 ? value : null,
            Last = last,
            IsQuiet = (flags & AlarmFlags.IsQuiet) != 0,
            SuppressedBy = suppressedBy,
            Since = since,
        };
    }

    private void ReadWatcher(ref StateReader reader, HashSet<int> tripped)
    {
        string? name = RuleName(ref reader);
        int index = reader.UInt16();
        int rung = names.Version >= StateNames.WithTraces ? reader.Byte() : 0;
        var watched = WatcherState.Read(ref reader);
        if (reader.HasFailed || name is null || index >= names.Measurands.Length)
        {
            reader.Fail();
            return;
        }

        int rule = plan.IndexOf(name);
        if (watched.HasTripped)
        {
            tripped.Add(rule);
        }

        int measurand = names.Measurands[index];
        if (rule == NoRule || Array.Find(plan.Watchers, w => w.Rule == rule && w.Measurand.Value == measurand && w.Number == rung) is not { } watcher)
        {
            WatchersGone++;
            return;
        }

        Alarms ??= new AssetAlarms(plan.Rules.Length, plan.Watchers.Length);
        Alarms.Watchers[watcher.Index] = watched;
    }

    private void ReadTrace(ref StateReader reader)
    {
        string? name = RuleName(ref reader);
        int index = reader.UInt16();
        var kind = (AlarmSourceKind)reader.Byte();
        var trace = AlarmTrace.Read(kind, ref reader);
        if (reader.HasFailed || name is null || index >= names.Measurands.Length)
        {
            reader.Fail();
            return;
        }

        // What another rule or condition remembered is of no use to this one: it begins anew.
        int rule = plan.IndexOf(name);
        if (Array.Find(plan.Traced, s => s.Rule == rule && s.Measurand.Value == names.Measurands[index] && s.Kind == kind) is { } source)
        {
            Traces = Traces.Length == 0 ? new AlarmTrace?[plan.Traced.Length] : Traces;
            Traces[source.Trace] = trace;
        }
    }

    private string? RuleName(ref StateReader reader)
    {
        int index = reader.UInt16();
        if (index >= names.Rules.Length)
        {
            reader.Fail();
            return null;
        }

        return names.Rules[index];
    }
}
