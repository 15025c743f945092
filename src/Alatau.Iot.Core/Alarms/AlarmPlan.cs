using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>The rules that apply to one kind of asset, arranged by the measurand that makes them speak.</summary>
internal sealed class AlarmPlan
{
    private static readonly string[] s_phases = [".l1", ".l2", ".l3"];

    private readonly ushort[] _groupOf;
    private readonly AlarmSource[][] _groups;
    private int _traces;

    /// <param name="hours">Hours that the rule set names so far; grows.</param>
    public AlarmPlan(AssetKind kind, IReadOnlyList<AlarmRule> rules, MeasurandCatalog catalog, List<AlarmHours> hours)
    {
        Rules = [.. rules.Where(r => r.Kinds.Count == 0 || r.Kinds.Contains(kind))];
        var sources = new List<AlarmSource>();
        var watchers = new List<AlarmWatcher>();
        var silences = new List<AlarmSilence>();
        for (int rule = 0; rule < Rules.Length; rule++)
        {
            switch (Rules[rule].Condition)
            {
                case LimitCondition limits:
                    foreach (var measurand in Members(limits, catalog))
                    {
                        sources.Add(Compile(rule, Rules[rule], limits, measurand, watchers, hours));
                    }

                    break;
                case SilenceCondition silence:
                    silences.Add(new AlarmSilence(rule, silence.After));
                    break;
                case OutageCondition when OutageRule < 0:
                    OutageRule = rule;
                    break;
            }
        }

        Watchers = [.. watchers];
        Silences = [.. silences];
        Windows = [.. sources.Where(s => s.Kind == AlarmSourceKind.Window)];
        Traced = [.. sources.Where(s => s.Trace >= 0)];
        _groupOf = new ushort[catalog.Count];
        var groups = new List<AlarmSource[]> { Array.Empty<AlarmSource>() };
        foreach (var group in sources.Where(s => s.Kind != AlarmSourceKind.Window).GroupBy(s => s.Measurand))
        {
            _groupOf[group.Key.Value] = (ushort)groups.Count;
            groups.Add([.. group]);
        }

        _groups = [.. groups];
    }

    public AlarmRule[] Rules { get; }

    public AlarmWatcher[] Watchers { get; }

    public AlarmSilence[] Silences { get; }

    /// <summary>Sources that windows make speak.</summary>
    public AlarmSource[] Windows { get; }

    /// <summary>Sources that remember something of an asset, by their trace's index.</summary>
    public AlarmSource[] Traced { get; }

    /// <summary>Index of the rule by which the asset, as a place, is judged for outages; -1 for none.</summary>
    public int OutageRule { get; } = -1;

    /// <summary>The group of sources that a measurand's readings make speak; 0 for none.</summary>
    public ushort GroupOf(MeasurandId measurand) => _groupOf[measurand.Value];

    public ReadOnlySpan<AlarmSource> Group(ushort group) => _groups[group];

    /// <summary>Index of a rule by name; -1 when it doesn't apply to the kind.</summary>
    public int IndexOf(string rule) => Array.FindIndex(Rules, r => r.Name == rule);

    private AlarmSource Compile(int rule, AlarmRule definition, LimitCondition condition, MeasurandId measurand, List<AlarmWatcher> watchers, List<AlarmHours> hours)
    {
        var kind = condition switch
        {
            RateCondition => AlarmSourceKind.Rate,
            FrozenCondition => AlarmSourceKind.Frozen,
            WindowCondition => AlarmSourceKind.Window,
            _ => AlarmSourceKind.Value,
        };
        var own = new List<AlarmWatcher>();
        foreach (var rung in condition.Rungs)
        {
            AlarmDuring[] during = [.. rung.During.Select(d => new AlarmDuring(HoursOf(d.Hours, hours), d.At))];
            own.Add(new AlarmWatcher(rule, watchers.Count + own.Count, measurand, condition.IsHigh, rung, own.Count, rung.Severity ?? definition.Severity, during));
        }

        watchers.AddRange(own);
        int trace = kind == AlarmSourceKind.Value ? -1 : _traces++;
        return new AlarmSource(rule, condition, kind, measurand, trace, [.. own], condition.Hours.Count == 0 ? null : HoursOf(condition.Hours, hours));
    }

    private static AlarmHours HoursOf(IReadOnlyList<WeeklyStretch> stretches, List<AlarmHours> hours)
    {
        if (hours.Find(h => h.Stretches == stretches) is { } known)
        {
            return known;
        }

        var added = new AlarmHours(hours.Count, stretches);
        hours.Add(added);
        return added;
    }

    private static IEnumerable<MeasurandId> Members(LimitCondition condition, MeasurandCatalog catalog)
    {
        yield return condition.Measurand;
        if (condition.IncludesPhases)
        {
            string name = catalog[condition.Measurand].BaseName;
            foreach (string phase in s_phases)
            {
                if (catalog.TryFind(name + phase, out var id) && id != condition.Measurand)
                {
                    yield return id;
                }
            }
        }
    }
}

/// <summary>A silence condition compiled. <paramref name="After"/> null: three reporting intervals.</summary>
internal sealed record AlarmSilence(int Rule, TimeSpan? After)
{
    internal const int IntervalsUntilSilent = 3;

    /// <summary>Milliseconds without a measurement until the asset is silent; <see cref="long.MaxValue"/> for never.</summary>
    public long Milliseconds(int reportingIntervalMilliseconds)
    {
        if (After is { } after)
        {
            return (long)after.TotalMilliseconds;
        }

        return reportingIntervalMilliseconds > 0 ? (long)reportingIntervalMilliseconds * IntervalsUntilSilent : long.MaxValue;
    }
}
