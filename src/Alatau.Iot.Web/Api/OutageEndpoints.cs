using System.ComponentModel;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Outages as they stand, and who is without mains.</summary>
internal static class OutageEndpoints
{
    private const int MostMembers = 10_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/outages", (IEnumerable<IOutageBoard> boards) => TypedResults.Ok(new Listing<OutageItem>([.. boards.SelectMany(b => b.Open()).Select(Item)], null)))
            .WithName("ListOutages").WithSummary("The open outages, the widest first")
            .WithDescription("Each is also an alarm of its place. 'cause' is mains, gateway or broker. 'customers' are those without mains now (devices that can't be reached, when it isn't the mains), 'worst' the most there were, 'silent' their meters; 'partOf' names the wider outage, or the cause, it is folded into.")
            .Produces<Listing<OutageItem>>();
        api.MapGet("/outages/{site}/{asset}", Detail).WithName("GetOutage").WithSummary("One outage with the meters that are without mains now")
            .Produces<OutageDetail>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static IResult Detail(IEnumerable<IOutageBoard> boards, AssetDirectory assets, [Description("Site of the place.")] string site, [Description("Feeder, transformer, gateway or bridge.")] string asset)
    {
        foreach (var board in boards)
        {
            foreach (var outage in board.Open())
            {
                if (outage.Place.Id.Site == site && outage.Place.Id.Name == asset)
                {
                    return TypedResults.Ok(new OutageDetail(Item(outage), [.. board.SilentMeters(outage.Place, MostMembers).Select(m => assets[m].Id.ToString())]));
                }
            }
        }

        return Problems.Of(StatusCodes.Status404NotFound, "no-outage", "No outage", $"There is no open outage at {site}/{asset}. GET /api/v1/outages lists them.");
    }

    private static OutageItem Item(OutageView view) => new(
        view.Place.Id.Site, view.Place.Id.Name, view.Place.DisplayName, view.Start.ToString(), view.Customers, view.Worst, view.Silent, view.Meters, view.Gasps, Words.Of(view.Place.Cause), view.Into?.Id.ToString());
}
