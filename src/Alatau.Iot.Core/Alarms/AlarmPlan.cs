using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>The rules that apply to one kind of asset, arranged by the measurand that makes them speak.</summary>
internal sealed class AlarmPlan
{
    private static readonly string[] s_phases = [".l1", ".l2", ".l3"];

    private readonly ushort[] _groupOf;
    private readonly AlarmWatcher[][] _groups;

    public AlarmPlan(AssetKind kind, IReadOnlyList<AlarmRule> rules, MeasurandCatalog catalog)
    {
        Rules = [.. rules.Where(r => r.Kinds.Count == 0 || r.Kinds.Contains(kind))];
        var watchers = new List<AlarmWatcher>();
        var silences = new List<AlarmSilence>();
        for (int rule = 0; rule < Rules.Length; rule++)
        {
            switch (Rules[rule].Condition)
            {
                case ThresholdCondition threshold:
                    foreach (var measurand in Members(threshold, catalog))
                    {
                        watchers.Add(new AlarmWatcher(rule, watchers.Count, measurand, threshold));
                    }

                    break;
                case SilenceCondition silence:
                    silences.Add(new AlarmSilence(rule, silence.After));
                    break;
            }
        }

        Watchers = [.. watchers];
        Silences = [.. silences];
        _groupOf = new ushort[catalog.Count];
        var groups = new List<AlarmWatcher[]> { Array.Empty<AlarmWatcher>() };
        foreach (var group in watchers.GroupBy(w => w.Measurand))
        {
            _groupOf[group.Key.Value] = (ushort)groups.Count;
            groups.Add([.. group]);
        }

        _groups = [.. groups];
    }

    public AlarmRule[] Rules { get; }

    public AlarmWatcher[] Watchers { get; }

    public AlarmSilence[] Silences { get; }

    /// <summary>The group of watchers of a measurand; 0 for none.</summary>
    public ushort GroupOf(MeasurandId measurand) => _groupOf[measurand.Value];

    public ReadOnlySpan<AlarmWatcher> Group(ushort group) => _groups[group];

    /// <summary>Index of a rule by name; -1 when it doesn't apply to the kind.</summary>
    public int IndexOf(string rule) => Array.FindIndex(Rules, r => r.Name == rule);

    private static IEnumerable<MeasurandId> Members(ThresholdCondition condition, MeasurandCatalog catalog)
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
    private const int IntervalsUntilSilent = 3;

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
