using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Holds rules against the fleet: a limit that comes from an attribute needs assets that have it, as a number in a unit that fits.</summary>
public static class AlarmRuleCheck
{
    private const int Named = 3;

    /// <param name="rule">A rule that was read without a fault.</param>
    /// <param name="file">Its file.</param>
    /// <param name="assets">All assets of the fleets.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <remarks>The rated power is a matter of each asset: one without it is not judged, and that is no fault. Without any asset that the rule applies to nothing can be said.</remarks>
    public static void Attributes(AlarmRule rule, string file, IEnumerable<Asset> assets, FileFaults faults)
    {
        if (rule.Condition is not LimitCondition condition)
        {
            return;
        }

        Asset[] fitting = [.. assets.Where(rule.AppliesTo)];
        var quantities = condition.Rungs.SelectMany(r => r.During.Select(d => d.At).Prepend(r.Deadband).Prepend(r.At))
            .Where(q => q.Attribute is not null and not AlarmQuantity.RatedPower).DistinctBy(q => (q.Attribute, q.Unit));
        foreach (var quantity in quantities)
        {
            Asset[] having = [.. fitting.Where(a => a.Attributes.ContainsKey(quantity.Attribute!))];
            if (fitting.Length > 0 && having.Length == 0)
            {
                string known = string.Join(", ", fitting.SelectMany(a => a.Attributes.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Prepend(AlarmQuantity.RatedPower));
                faults.Add(file, "$.condition", string.Create(CultureInfo.InvariantCulture, $"No asset has the attribute '{quantity.Attribute}'; the rule applies to {fitting.Length}"), $"Write one of: {known}; or add it to the assets of the fleet");
            }

            Asset[] faulty = [.. having.Where(a => quantity.For(a) is null)];
            if (faulty.Length > 0)
            {
                string examples = string.Join(", ", faulty.Take(Named).Select(a => $"{a.Id} '{a.Attributes[quantity.Attribute!]}'"));
                string more = faulty.Length > Named ? string.Create(CultureInfo.InvariantCulture, $" and {faulty.Length - Named} more") : "";
                faults.Add(file, "$.condition", $"The attribute '{quantity.Attribute}' is no quantity in {quantity.Canonical} at {examples}{more}", $"Write a number in {quantity.Unit}, or one with its unit such as \"400 {quantity.Canonical}\", in the fleet file");
            }
        }
    }
}
