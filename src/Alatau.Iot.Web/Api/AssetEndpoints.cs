using System.ComponentModel;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Assets, their latest values, and the totals.</summary>
internal static class AssetEndpoints
{
    private const int DefaultPage = 100;
    private const int MaximumPage = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/assets", ListAsync).WithName("ListAssets").WithSummary("Assets with their latest values")
            .WithDescription("In the order of registration. Filters combine; text is looked for in id and name, without regard to case.")
            .Produces<Listing<AssetItem>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/assets/{site}/{asset}", GetAsync).WithName("GetAsset").WithSummary("One asset: latest values with quality and age, open alarms")
            .Produces<AssetDetail>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/totals", TotalsAsync).WithName("GetTotals").WithSummary("Load, generation, exchange and energy of the city and of each site")
            .WithDescription("Sums over assets with a fresh value, at most a second old. reporting says how many of the assets are in the sum.")
            .Produces<TotalsAnswer>();
    }

    private static async Task<IResult> ListAsync(
        AssetDirectory assets,
        IAssetRuntime runtime,
        MeasurandCatalog catalog,
        TimeProvider clock,
        [Description("Only assets of this site.")] string? site,
        [Description("Only assets of this kind: unknown, meter, feeder, transformer, solar, storage, building, weather, water.")] string? kind,
        [Description("Text in id or name.")] string? text,
        [Description("Most items in a page, 1 to 1000; default 100.")] string? limit,
        [Description("The 'next' of the page before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryReader();
        site = query.Site(site);
        var wantedKind = query.Word<AssetKind>("kind", kind);
        int take = query.Whole("limit", limit, DefaultPage, 1, MaximumPage);
        long index = query.Cursor(cursor, 0);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        var (handles, next) = Select(assets, site, wantedKind, text, index, take);
        var snapshots = (await runtime.GetManyAsync(handles, cancellationToken)).ToDictionary(s => s.Asset);
        var now = Instant.Now(clock);
        var items = handles.Select(h => Mapping.Item(assets[h], snapshots.GetValueOrDefault(h), catalog, now)).ToArray();
        return TypedResults.Ok(new Listing<AssetItem>(items, next?.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    private static (List<AssetHandle> Handles, long? Next) Select(AssetDirectory assets, string? site, AssetKind? kind, string? text, long from, int take)
    {
        var all = assets.Snapshot();
        var filter = new AssetFilter(site, kind, text);
        var handles = new List<AssetHandle>();
        for (long i = from; i < all.Length; i++)
        {
            if (filter.Takes(all[(int)i]))
            {
                if (handles.Count == take)
                {
                    return (handles, i);
                }

                handles.Add(new AssetHandle((int)i));
            }
        }

        return (handles, null);
    }

    private static async Task<IResult> GetAsync(
        string site, string asset, AssetDirectory assets, IAssetRuntime runtime, MeasurandCatalog catalog, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!AssetId.TryOf(site, asset, out var id) || !assets.TryFind(id, out var handle))
        {
            return Problems.UnknownAsset(site, asset);
        }

        var snapshot = await runtime.GetAsync(handle, cancellationToken);
        return TypedResults.Ok(Mapping.Detail(assets[handle], snapshot, catalog, Instant.Now(clock)));
    }

    private static async Task<IResult> TotalsAsync(IAssetRuntime runtime, Sites sites, TimeProvider clock, CancellationToken cancellationToken)
    {
        var totals = await runtime.GetTotalsAsync(cancellationToken);
        var items = totals.Select(t => new SiteTotalsItem(t.Site, sites.Of(t.Site).DisplayName, t.At.ToString(), Mapping.Totals(t))).ToArray();
        return TypedResults.Ok(new TotalsAnswer(Instant.Now(clock).ToString(), Mapping.City(totals), items));
    }
}
