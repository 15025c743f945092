using System.Globalization;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>Holds what a store has against what it must have.</summary>
internal static class TortureComparison
{
    private const int MostOfAKind = 5;

    /// <summary>Differences of one asset, in words; empty when there is none.</summary>
    /// <param name="openFrom">Windows from here on are still open and may or may not be there.</param>
    public static List<string> Differences(string asset, TortureExpectation expected, StoredHistory stored, long openFrom)
    {
        var found = new List<string>();
        foreach (var (measurand, readings) in expected.Readings)
        {
            var present = stored.Readings[measurand];
            Tell(found, readings.Where(r => !present.ContainsKey(r.Key)).Select(r => $"{asset} {measurand} at {r.Key} is not in the store"));
            Tell(found, present.Where(r => !readings.ContainsKey(r.Key)).Select(r => $"{asset} {measurand} at {r.Key} is in the store and was never published"));
            Tell(found, readings.Where(r => present.TryGetValue(r.Key, out double value) && value != r.Value).Select(r => $"{asset} {measurand} at {r.Key}: published {r.Value}, stored {present[r.Key]}"));
        }

        Tell(found, expected.Windows.Where(w => !stored.Windows.ContainsKey(w.Key)).Select(w => $"{asset} window {w.Key} is not in the store"));
        Tell(found, stored.Windows.Where(w => expected.Readings.ContainsKey(w.Key.Measurand) && w.Key.Start < openFrom && !expected.Windows.ContainsKey(w.Key)).Select(w => $"{asset} window {w.Key} is in the store and should not be"));
        Tell(found, expected.Windows.Where(w => stored.Windows.TryGetValue(w.Key, out var has) && !IsSame(w.Value, has)).Select(w => $"{asset} window {w.Key}: must be {w.Value}, is {stored.Windows[w.Key]}"));

        var steps = stored.Steps.GroupBy(s => (s.Rule, s.At, s.From, s.To)).ToList();
        var wanted = expected.Steps.ToDictionary(s => (s.Rule, s.At, s.From, s.To));
        Tell(found, steps.Where(s => s.Count() > 1).Select(s => $"{asset} alarm step {s.Key} is there {s.Count()} times"));
        Tell(found, expected.Steps.Where(s => !steps.Exists(has => has.Key == (s.Rule, s.At, s.From, s.To))).Select(s => $"{asset} alarm step is missing: {s}"));
        Tell(found, steps.Where(s => !wanted.ContainsKey(s.Key)).Select(s => $"{asset} alarm step should not be: {s.First()}"));
        Tell(found, steps.Where(s => wanted.TryGetValue(s.Key, out var must) && must != s.First()).Select(s => $"{asset} alarm step: must be {wanted[s.Key]}, is {s.First()}"));
        return found;
    }

    private static bool IsSame(ExpectedWindow a, ExpectedWindow b) =>
        a.Count == b.Count && a.Minimum == b.Minimum && a.Maximum == b.Maximum && a.Last == b.Last && Math.Abs(a.Delta - b.Delta) < 1e-6 && Math.Abs(a.Sum - b.Sum) <= 1e-9 * Math.Max(1, Math.Abs(a.Sum));

    private static void Tell(List<string> found, IEnumerable<string> differences)
    {
        var all = differences.ToList();
        found.AddRange(all.Take(MostOfAKind));
        if (all.Count > MostOfAKind)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"... and {all.Count - MostOfAKind} more like that"));
        }
    }
}
