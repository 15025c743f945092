using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Web.Api;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>What the overview shows: the filter of the asset table and its page. Unreadable parts of a query are left out, as a bookmark may be old.</summary>
/// <param name="Page">From 1.</param>
/// <param name="OnlyAbnormal">Only assets with an open alarm.</param>
public sealed record OverviewQuery(string? Site, AssetKind? Kind, string? Text, bool OnlyAbnormal, int Page)
{
    public static OverviewQuery From(IQueryCollection query)
    {
        string? site = query["site"].FirstOrDefault();
        string? text = query["q"].FirstOrDefault()?.Trim();
        return new OverviewQuery(
            AssetId.IsPart(site) ? site : null,
            Words.TryRead<AssetKind>(query["kind"].FirstOrDefault() ?? "", out var kind) ? kind : null,
            string.IsNullOrEmpty(text) || text.Length > 100 ? null : text,
            query["show"] == "abnormal",
            int.TryParse(query["page"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out int page) && page is > 0 and < 1_000_000 ? page : 1);
    }

    /// <summary>As a query string with its question mark; empty when nothing is filtered.</summary>
    public string ToQueryString()
    {
        var parts = new List<string>();
        if (Site is not null)
        {
            parts.Add("site=" + Uri.EscapeDataString(Site));
        }

        if (Kind is { } kind)
        {
            parts.Add("kind=" + Words.Of(kind));
        }

        if (Text is not null)
        {
            parts.Add("q=" + Uri.EscapeDataString(Text));
        }

        if (OnlyAbnormal)
        {
            parts.Add("show=abnormal");
        }

        if (Page > 1)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={Page}"));
        }

        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }
}
