using System.ComponentModel;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Alarms.Assessment;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>What the alarms ask of the operators, against the published targets.</summary>
internal static class QualityEndpoints
{
    private const int MostDays = 30;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/alarms/quality", Read).WithName("GetAlarmQuality").WithSummary("Rates, floods, chattering, fleeting and stale alarms against the targets of ISA-18.2")
            .WithDescription("Each figure with its target and verdict (good, fair, poor, unknown), over the last 30 days or as many as there is data of; days and site narrow it. A call is an alarm that was raised, raised again, or grew more severe.")
            .Produces<QualityAnswer>().ProducesProblem(StatusCodes.Status400BadRequest);

    private static IResult Read(
        AlarmRecord record,
        AssetDirectory assets,
        IEnumerable<AlarmRule> rules,
        [Description("Days back from now, 1 to 30; default 30.")] string? days,
        [Description("Only alarms of this site.")] string? site)
    {
        var query = new QueryReader();
        int wanted = query.Whole("days", days, MostDays, 1, MostDays);
        site = query.Site(site);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        bool isWhole = record.IsWhole;
        var quality = record.Read(wanted == MostDays ? null : TimeSpan.FromDays(wanted), site);
        return TypedResults.Ok(Answer(quality, rules, isWhole));
    }

    internal static QualityAnswer Answer(AlarmQuality quality, IEnumerable<AlarmRule> rules, bool isWhole)
    {
        var titles = rules.ToDictionary(r => r.Name, r => r.Title, StringComparer.Ordinal);
        string TitleOf(string rule) => titles.GetValueOrDefault(rule, rule);
        QualityAlarm Item(AlarmTally t) => new(t.Asset.Site, t.Asset.Name, t.Rule, TitleOf(t.Rule), t.Count, quality.Calls == 0 ? 0 : t.Count / (double)quality.Calls);
        return new QualityAnswer(
            quality.From.ToString(),
            quality.To.ToString(),
            isWhole,
            quality.Operators,
            [.. quality.Figures.Select(f => new QualityFigure(f.Name, f.Title, f.Value, f.Unit, f.Target, Words.Of(f.Verdict), f.Meaning))],
            Enum.GetValues<AlarmSeverity>().ToDictionary(s => Words.Of(s), s => quality.Severities.GetValueOrDefault(s), StringComparer.Ordinal),
            [.. quality.Floods.Select(f => new QualityFlood(f.From.ToString(), f.IsOver ? f.To.ToString() : null, f.Calls, f.Peak))],
            [.. quality.TopTen.Select(Item)],
            [.. quality.Chattering.Select(Item)],
            [.. quality.Fleeting.Select(Item)],
            [.. quality.Stale.Select(s => new QualityStale(s.Asset.Site, s.Asset.Name, s.Rule, TitleOf(s.Rule), s.Since.ToString()))],
            new QualityMetrics(quality.Calls, quality.From.ToString(), quality.CurrentRate, quality.MaximumRate, quality.AverageRate, quality.LongestActive.TotalSeconds, quality.LongestUnacknowledged.TotalSeconds, quality.TopTen.Count == 0 ? 0 : quality.TopTen[0].Count - 1));
    }
}
