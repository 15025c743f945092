using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Alarms.Assessment;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>The alarm quality as the console shows it.</summary>
internal sealed class QualityReader(AlarmRecord record, AssetDirectory assets, IEnumerable<AlarmRule> rules, Sites sites)
{
    private const int Listed = 50;

    private readonly Dictionary<string, string> _titles = rules.GroupBy(r => r.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Title, StringComparer.Ordinal);

    public QualityView Read()
    {
        var quality = record.Read();
        string people = quality.Operators == 1 ? "one operator" : string.Create(CultureInfo.InvariantCulture, $"{quality.Operators} operators");
        string whole = record.IsWhole ? "" : "; the store's history hasn't been read yet";
        return new QualityView(
            $"{Local(quality.From)} to {Local(quality.To)}, {Figure.Count(quality.Calls)} calls to {people}{whole}",
            [.. quality.Figures.Select(Row)],
            [.. quality.TopTen.Select(t => Alarm(t.Asset, t.Rule, string.Create(CultureInfo.InvariantCulture, $"{t.Count}\u00a0{(t.Count == 1 ? "call" : "calls")}, {100.0 * t.Count / quality.Calls:0.#}\u00a0%")))],
            [
                .. quality.Chattering.Take(Listed).Select(t => Alarm(t.Asset, t.Rule, string.Create(CultureInfo.InvariantCulture, $"chatters, {t.Count}\u00a0calls"))),
                .. quality.Fleeting.Take(Listed).Select(t => Alarm(t.Asset, t.Rule, string.Create(CultureInfo.InvariantCulture, $"fleeting, {t.Count}\u00a0times"))),
            ],
            [.. quality.Stale.Take(Listed).Select(s => Alarm(s.Asset, s.Rule, "active for " + Figure.Age(quality.To - s.Since)))],
            [.. quality.Floods.Reverse().Take(Listed).Select(f => new QualityFloodView(Local(f.From), f.IsOver ? Figure.Age(f.To - f.From) : "lasts", Figure.Count(f.Calls), Figure.Count(f.Peak)))]);
    }

    private static QualityRowView Row(AlarmFigure figure)
    {
        var value = figure.Unit switch
        {
            "d" => new Figure(figure.Value.ToString("0.#", CultureInfo.InvariantCulture), "days"),
            "%" => new Figure(figure.Value.ToString("0.##", CultureInfo.InvariantCulture), "%"),
            _ => new Figure(figure.Value.ToString("0.##", CultureInfo.InvariantCulture), ""),
        };
        string text = figure.Verdict switch
        {
            AlarmVerdict.Good => "on target",
            AlarmVerdict.Fair => "off target",
            AlarmVerdict.Poor => "too much",
            _ => "too little to tell",
        };
        return new QualityRowView(figure.Name, figure.Title, figure.Meaning, value, figure.Target, Words.Of(figure.Verdict), figure.Name == "base" && figure.Verdict != AlarmVerdict.Good ? "still growing" : text);
    }

    private QualityAlarmView Alarm(AssetId asset, string rule, string note)
    {
        string name = assets.TryFind(asset, out var handle) ? assets[handle].DisplayName : asset.Name;
        return new QualityAlarmView(_titles.GetValueOrDefault(rule, rule), $"{name}, {sites.Of(asset.Site).DisplayName}", $"/assets/{asset.Site}/{asset.Name}", note);
    }

    private string Local(Instant at) => TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), sites.CityZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
