using Alatau.Iot.Core.Assets;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>What the page of an asset shows.</summary>
/// <param name="Measurand">Which plot; null for the main one.</param>
/// <param name="IsDay">24 h of quarter hours, instead of the last hour of readings.</param>
public sealed record AssetQuery(AssetId Asset, string? Measurand, bool IsDay)
{
    public static AssetQuery From(AssetId asset, IQueryCollection query) =>
        new(asset, query["measurand"].FirstOrDefault() is { Length: > 0 and < 100 } name ? name : null, query["span"] == "24h");

    public string Href(string? measurand, bool isDay)
    {
        string query = string.Join('&', new[] { measurand is null ? null : "measurand=" + Uri.EscapeDataString(measurand), isDay ? "span=24h" : null }.Where(p => p is not null));
        return $"/assets/{Asset.Site}/{Asset.Name}{(query.Length == 0 ? "" : "?" + query)}";
    }
}
