using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Pages;
using Alatau.Iot.Web.Console.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>The page of subscriptions, and its buttons for a browser without script.</summary>
internal sealed class SubscriptionPages(ShellReader shell, SubscriptionsReader reader, ISubscriptionDesk desk, TimeProvider clock)
{
    private const string Path = "/subscriptions";

    public async Task<IResult> ShowAsync(HttpContext context) => new RazorComponentResult<SubscriptionsPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["Shell"] = await shell.ReadAsync(context, "Subscriptions", "subscriptions", "/console/stream/subscriptions"),
        ["Subscriptions"] = reader.Subscriptions(),
        ["Deliveries"] = reader.Deliveries(Instant.Now(clock)),
    }) { PreventStreamingRendering = true };

    /// <summary>Tests and goes back to the page, where the delivery stands on top.</summary>
    public async Task<IResult> TestAsync(HttpContext context, string name)
    {
        if (SameOrigin.IsForeign(context.Request))
        {
            return Foreign();
        }

        using var limit = new CancellationTokenSource(SubscriptionEndpoints.TestTime, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, context.RequestAborted);
        return await desk.TestAsync(name, stop.Token) is null ? Problems.UnknownSubscription(name) : Results.LocalRedirect(Path);
    }

    /// <summary>Sends a dead letter again and goes back to the page.</summary>
    public IResult Replay(HttpContext context, long number)
    {
        if (SameOrigin.IsForeign(context.Request))
        {
            return Foreign();
        }

        desk.Replay(number);
        return Results.LocalRedirect(Path);
    }

    private static ProblemHttpResult Foreign() => Problems.Of(StatusCodes.Status403Forbidden, "foreign-origin", "Foreign origin", "A page of another origin may not write here.");
}
