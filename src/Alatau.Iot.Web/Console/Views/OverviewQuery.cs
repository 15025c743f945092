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
        var part = new QueryParts(query);
        return new OverviewQuery(part.Site(), part.Word<AssetKind>("kind"), part.Text(), query["show"] == "abnormal", part.Page());
    }

    /// <summary>As a query string with its question mark; empty when nothing is filtered.</summary>
    public string ToQueryString() => QueryParts.Join(
        ("site", Site),
        ("kind", Kind is { } kind ? Words.Of(kind) : null),
        ("q", Text),
        ("show", OnlyAbnormal ? "abnormal" : null),
        ("page", Page > 1 ? Page.ToString(CultureInfo.InvariantCulture) : null));
}
