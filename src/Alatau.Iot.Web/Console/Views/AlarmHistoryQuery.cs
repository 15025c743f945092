using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Web.Api;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>What the history of alarms shows.</summary>
/// <param name="Days">How far back, 1 to 30.</param>
/// <param name="Step">Only steps to this state.</param>
/// <param name="Least">Only this severity and above.</param>
/// <param name="Asset">Only this asset's.</param>
/// <param name="Text">In title, rule, who, why or asset.</param>
/// <param name="Cursor">Where the page begins; null at the newest step.</param>
/// <param name="Unread">Parts that mean nothing, as sentences.</param>
public sealed record AlarmHistoryQuery(int Days, AlarmState? Step, AlarmSeverity? Least, string? Site, AssetId? Asset, string? Text, string? Cursor, IReadOnlyList<string> Unread)
{
    public const string Path = "/alarms/history";

    private const int UsualDays = 7;

    public static readonly IReadOnlyList<int> Spans = [1, 7, 30];

    public static AlarmHistoryQuery From(IQueryCollection query)
    {
        var part = new QueryParts(query);
        int days = int.TryParse(query["days"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int given) && Spans.Contains(given) ? given : UsualDays;
        return new AlarmHistoryQuery(
            days,
            part.Word<AlarmState>("step"),
            part.Word<AlarmSeverity>("severity"),
            part.Site(),
            AssetId.TryParse(query["asset"].FirstOrDefault(), out var asset) ? asset : null,
            part.Text(),
            query["cursor"].FirstOrDefault() is { Length: > 0 and < 40 } cursor ? cursor : null,
            part.Unread);
    }

    public string Href => Path + QueryParts.Join(
        ("days", Days == UsualDays ? null : Days.ToString(CultureInfo.InvariantCulture)),
        ("step", Step is { } step ? Words.Of(step) : null),
        ("severity", Least is { } least ? Words.Of(least) : null),
        ("site", Site),
        ("asset", Asset?.ToString()),
        ("q", Text),
        ("cursor", Cursor));
}
