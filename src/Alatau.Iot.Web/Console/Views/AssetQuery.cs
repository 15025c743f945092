using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Windows;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>What the page of an asset shows.</summary>
/// <param name="Measurand">Which plot; null for the main one.</param>
/// <param name="IsDay">24 h of quarter hours, instead of the last hour of readings.</param>
/// <param name="Windows">Length of the windows in the table.</param>
public sealed record AssetQuery(AssetId Asset, string? Measurand, bool IsDay, WindowSpan Windows)
{
    public static AssetQuery From(AssetId asset, IQueryCollection query) =>
        new(
            asset,
            query["measurand"].FirstOrDefault() is { Length: > 0 and < 100 } name ? name : null,
            query["span"] == "24h",
            WindowSpans.TryParse(query["windows"].FirstOrDefault(), out var windows) ? windows : WindowSpan.QuarterHour);

    /// <summary>Address of the page.</summary>
    public string Href => AlarmReader.Href(Asset) + QueryParts.Join(
        ("measurand", Measurand),
        ("span", IsDay ? "24h" : null),
        ("windows", Windows == WindowSpan.QuarterHour ? null : Windows.ShortName()));
}
