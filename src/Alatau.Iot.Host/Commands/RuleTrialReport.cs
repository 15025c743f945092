using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Alarms.Assessment;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Host.Commands;

/// <summary>What a rule would have raised, as lines.</summary>
internal static class RuleTrialReport
{
    private static readonly string[] s_told = ["averageRate", "maximumRate", "busyPeriods", "floods", "chattering", "fleeting", "stale"];

    /// <param name="limit">Most alarms listed; the rest is counted.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<AlarmTransition> steps, Instant from, Instant to, int operators, int limit)
    {
        var alarms = Alarms(steps);
        if (alarms.Count > 0)
        {
            int width = Math.Max("asset".Length, alarms.Take(limit).Max(a => a.Call.Asset.ToString().Length));
            int rule = Math.Max("rule".Length, alarms.Take(limit).Max(a => a.Call.Rule.Length));
            yield return $"{"raised",-24}  {"lasted",-8}  {"severity",-8}  {"asset".PadRight(width)}  {"rule".PadRight(rule)}  why";
            foreach (var (call, end) in alarms.Take(limit))
            {
                string lasted = end is { } over ? RuleText.Span(over - call.At) : "still on";
                yield return $"{call.At}  {lasted,-8}  {call.Severity.ToString().ToLowerInvariant(),-8}  {call.Asset.ToString().PadRight(width)}  {call.Rule.PadRight(rule)}  {call.Why}";
            }

            if (alarms.Count > limit)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"... and {alarms.Count - limit:N0} more (--limit)");
            }

            yield return "";
        }

        var quality = AlarmQuality.Of(steps.Select(AlarmMoment.Of), from, to, operators);
        int active = alarms.Count(a => a.End is null);
        yield return string.Create(CultureInfo.InvariantCulture, $"calls        {quality.Calls:N0} of {steps.Select(s => (s.Asset, s.Rule)).Distinct().Count():N0} alarms; {active:N0} still on at the end");
        foreach (var figure in quality.Figures.Where(f => s_told.Contains(f.Name)))
        {
            string unit = figure.Unit == "1" ? "" : " " + figure.Unit;
            yield return string.Create(CultureInfo.InvariantCulture, $"{figure.Title.ToLowerInvariant(),-13}{figure.Value:0.###}{unit} (target {figure.Target}): {Verdict(figure.Verdict)}");
        }

        foreach (var (word, tallies) in new[] { ("chatters", quality.Chattering), ("fleeting", quality.Fleeting) })
        {
            foreach (var tally in tallies.Take(10))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{word,-13}{tally.Asset} {tally.Rule}, {tally.Count} times");
            }
        }
    }

    /// <summary>Each call with the return that ended it; a climb belongs to the call before it and is listed by itself.</summary>
    private static List<(AlarmTransition Call, Instant? End)> Alarms(IReadOnlyList<AlarmTransition> steps)
    {
        var found = new List<(AlarmTransition Call, Instant? End)>();
        foreach (var alarm in steps.GroupBy(s => (s.Asset, s.Rule)))
        {
            AlarmTransition[] all = [.. alarm];
            for (int i = 0; i < all.Length; i++)
            {
                if (AlarmMoment.Of(all[i]).IsCall)
                {
                    found.Add((all[i], all.Skip(i + 1).FirstOrDefault(s => AlarmMoment.Of(s).IsReturn)?.At));
                }
            }
        }

        return [.. found.OrderBy(f => f.Call.At)];
    }

    private static string Verdict(AlarmVerdict verdict) => verdict switch
    {
        AlarmVerdict.Good => "on target",
        AlarmVerdict.Fair => "off target",
        AlarmVerdict.Poor => "too much",
        _ => "too little to tell",
    };
}
