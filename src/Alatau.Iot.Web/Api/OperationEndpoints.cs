using System.Text;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Web.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>What the platform says of itself: health, metrics, ledger.</summary>
internal static class OperationEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/ledger", (Ledger ledger) => TypedResults.Ok(Account(ledger))).WithName("GetLedger").WithSummary("The account of every message")
            .WithDescription("received = stored + duplicate + quarantined + waiting + unaccounted, in messages; unaccounted must be zero.").Produces<LedgerAnswer>();
    }

    public static void MapHealth(IEndpointRouteBuilder root)
    {
        root.MapGet("/health/live", () => TypedResults.Ok(new LiveAnswer("live"))).WithName("GetLive").WithTags("Health").WithSummary("The process answers").Produces<LiveAnswer>();
        root.MapGet("/health/ready", ReadyAsync).WithName("GetReady").WithTags("Health").WithSummary("Every part is well, or which is not and why")
            .WithDescription("503 with a problem whose member 'parts' names each part and what is wrong with it.")
            .Produces<ReadyAnswer>().ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        root.MapGet("/metrics", (IEnumerable<IMetricSource> sources) => TypedResults.Text(MetricText.Write(sources), MetricText.ContentType, Encoding.UTF8))
            .WithName("GetMetrics").WithTags("Health").WithSummary("Counters and gauges in the Prometheus text format 0.0.4")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
    }

    public static LedgerAnswer Account(Ledger ledger)
    {
        var byRoute = new Dictionary<string, LedgerAccount>(StringComparer.Ordinal);
        var routes = ledger.Routes;
        for (byte route = 0; route < routes.Count; route++)
        {
            byRoute[routes[route]] = Account(ledger.Read(route));
        }

        // The total is the sum of what is shown, so that the answer adds up whatever arrives meanwhile.
        return new LedgerAnswer(
            byRoute.Values.Sum(a => a.Received),
            byRoute.Values.Sum(a => a.Stored),
            byRoute.Values.Sum(a => a.Duplicate),
            byRoute.Values.Sum(a => a.Quarantined),
            byRoute.Values.Sum(a => a.Waiting),
            byRoute.Values.Sum(a => a.Unaccounted),
            byRoute);
    }

    private static LedgerAccount Account(LedgerEntry e) => new(e.Received, e.Stored, e.Duplicate, e.Quarantined, e.Waiting, e.Unaccounted);

    private static async Task<IResult> ReadyAsync(Readiness readiness, CancellationToken cancellationToken)
    {
        var parts = await readiness.CheckAsync(cancellationToken);
        var ill = parts.Where(p => p.Value is not null).ToArray();
        return ill.Length == 0
            ? TypedResults.Ok(new ReadyAnswer("ready", parts, readiness.Warnings()))
            : Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "not-ready", "Not ready", string.Join(" ", ill.Select(p => $"{p.Key}: {p.Value}")), ("parts", parts), ("warnings", readiness.Warnings()));
    }
}
