using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>All alarm rules of the process, compiled for each kind of asset. Immutable; any thread may read it.</summary>
public sealed class AlarmRuleSet
{
    private readonly AlarmPlan[] _plans;

    /// <exception cref="ArgumentException">Two rules have one name.</exception>
    public AlarmRuleSet(IEnumerable<AlarmRule> rules, MeasurandCatalog catalog)
    {
        Rules = [.. rules];
        if (Rules.GroupBy(r => r.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twin)
        {
            throw new ArgumentException($"Two alarm rules are named '{twin.Key}'.", nameof(rules));
        }

        var hours = new List<AlarmHours>();
        _plans = [.. Enum.GetValues<AssetKind>().Select(kind => new AlarmPlan(kind, Rules, catalog, hours))];
    }

    public IReadOnlyList<AlarmRule> Rules { get; }

    internal AlarmPlan PlanOf(AssetKind kind) => _plans[(int)kind];
}
