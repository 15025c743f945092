using System.ComponentModel;
using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Who is told of alarms, and what became of every delivery.</summary>
internal static class SubscriptionEndpoints
{
    private const int LongestBody = 65_536;
    private const int DefaultPage = 100;
    private const int MaximumPage = 1000;

    /// <summary>Longest a caller waits for the targets of a test.</summary>
    public static readonly TimeSpan TestTime = TimeSpan.FromSeconds(12);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/subscriptions", (IEnumerable<ISubscriptionSource> sources) => TypedResults.Ok(new Listing<SubscriptionView>([.. sources.SelectMany(s => s.List())], null)))
            .WithName("ListSubscriptions").WithSummary("Who is told of alarms, by which means, and how the deliveries went").Produces<Listing<SubscriptionView>>();
        api.MapGet("/subscriptions/{name}", Get)
            .WithName("GetSubscription").WithSummary("One subscription and its definition").Produces<SubscriptionDetail>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("/subscriptions/{name}", PutAsync)
            .WithName("SaveSubscription").WithSummary("Creates or replaces a subscription")
            .WithDescription("The body is what a file under devices/subscriptions holds (devices/schemas/subscription.schema.json), with secrets as {\"value\": \"…\"}; {\"kept\": true} keeps the one that is there. It is kept over a restart.")
            .Accepts<System.Text.Json.Nodes.JsonNode>("application/json").Produces<SubscriptionDetail>().Produces<SubscriptionDetail>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapDelete("/subscriptions/{name}", DeleteAsync)
            .WithName("RemoveSubscription").WithSummary("Removes a subscription that was made by this API").WithDescription("What waits for its targets becomes dead letters.")
            .Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapPost("/subscriptions/{name}/test", TestAsync)
            .WithName("TestSubscription").WithSummary("Sends a test message to every target, once, and answers what they said").Produces<Listing<DeliveryItem>>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/deliveries", List)
            .WithName("ListDeliveries").WithSummary("What was delivered, waits or was given up, newest first").Produces<Listing<DeliveryItem>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/alarms/{id}/deliveries", (ISubscriptionDesk desk, string id, string? limit, string? cursor) => List(desk, null, id, null, limit, cursor))
            .WithName("ListAlarmDeliveries").WithSummary("Who was told of an alarm, when, and what they answered").Produces<Listing<DeliveryItem>>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/deliveries/{number:long}", (ISubscriptionDesk desk, long number) => Find(desk, number))
            .WithName("GetDelivery").WithSummary("One delivery").Produces<DeliveryItem>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/deliveries/{number:long}/replay", Replay)
            .WithName("ReplayDelivery").WithSummary("Sends a dead letter again").Produces<DeliveryItem>(StatusCodes.Status202Accepted).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static IResult Get(ISubscriptionDesk desk, IEnumerable<ISubscriptionSource> sources, string name) =>
        Detail(desk, sources, name) is { } detail ? TypedResults.Ok(detail) : Problems.UnknownSubscription(name);

    private static SubscriptionDetail? Detail(ISubscriptionDesk desk, IEnumerable<ISubscriptionSource> sources, string name) =>
        sources.SelectMany(s => s.List()).FirstOrDefault(s => s.Name == name) is { } view
            ? new SubscriptionDetail(view, desk.Definition(name) is { } definition ? JsonSerializer.Deserialize(definition, ApiJson.Default.JsonElement) : null)
            : null;

    private static async Task<IResult> PutAsync(HttpContext context, ISubscriptionDesk desk, IEnumerable<ISubscriptionSource> sources, string name, CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "Unsupported media type", "Send application/json.");
        }

        byte[]? body = await TelemetryEndpoint.ReadBodyAsync(context.Request, LongestBody, cancellationToken);
        if (body is null)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, "too-large", "The body is too large", $"A subscription has at most {LongestBody} bytes.");
        }

        try
        {
            var edit = await desk.SaveAsync(name, body, cancellationToken);
            return edit.Verdict switch
            {
                SubscriptionVerdict.Created => TypedResults.Created($"/api/v1/subscriptions/{name}", Detail(desk, sources, name)),
                SubscriptionVerdict.Replaced => TypedResults.Ok(Detail(desk, sources, name)),
                SubscriptionVerdict.Faulty => Problems.Invalid(edit.Faults.GroupBy(f => f.Path, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Select(f => $"{f.Problem}. {f.Cure}.").ToArray(), StringComparer.Ordinal)),
                _ => NotHere(name),
            };
        }
        catch (IOException e)
        {
            return NotKept(e);
        }
    }

    private static async Task<IResult> DeleteAsync(ISubscriptionDesk desk, IEnumerable<ISubscriptionSource> sources, string name, CancellationToken cancellationToken)
    {
        try
        {
            var edit = await desk.RemoveAsync(name, cancellationToken);
            return edit.Verdict switch
            {
                SubscriptionVerdict.Removed => TypedResults.NoContent(),
                SubscriptionVerdict.NotHere => NotHere(name),
                _ => Detail(desk, sources, name) is null ? Problems.UnknownSubscription(name) : NotHere(name),
            };
        }
        catch (IOException e)
        {
            return NotKept(e);
        }
    }

    private static async Task<IResult> TestAsync(ISubscriptionDesk desk, TimeProvider clock, string name, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TestTime, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await desk.TestAsync(name, stop.Token) is { } tried ? TypedResults.Ok(new Listing<DeliveryItem>([.. tried.Select(Mapping.Delivery)], null)) : Problems.UnknownSubscription(name);
    }

    private static IResult List(
        ISubscriptionDesk desk,
        [Description("Only of this subscription.")] string? subscription,
        [Description("Only those that tell of this alarm: its id.")] string? alarm,
        [Description("Only in this state: waiting, delivered, deadLetter.")] string? state,
        [Description("Most items in a page, 1 to 1000; default 100.")] string? limit,
        [Description("The 'next' of the page before.")] string? cursor)
    {
        var query = new QueryReader();
        var wanted = query.Word<DeliveryState>("state", state);
        int take = query.Whole("limit", limit, DefaultPage, 1, MaximumPage);
        long before = query.Cursor(cursor, long.MaxValue);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        var found = desk.Deliveries(new DeliveryQuery(subscription, alarm, wanted, before, take + 1));
        string? next = found.Count > take ? found[take - 1].Number.ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Ok(new Listing<DeliveryItem>([.. found.Take(take).Select(Mapping.Delivery)], next));
    }

    private static IResult Find(ISubscriptionDesk desk, long number) => desk.Find(number) is { } found ? TypedResults.Ok(Mapping.Delivery(found)) : Unknown(number);

    private static IResult Replay(ISubscriptionDesk desk, long number)
    {
        if (desk.Find(number) is null)
        {
            return Unknown(number);
        }

        return desk.Replay(number)
            ? TypedResults.Accepted($"/api/v1/deliveries/{number}", Mapping.Delivery(desk.Find(number)!))
            : Problems.Of(StatusCodes.Status409Conflict, "not-a-dead-letter", "It can't be sent again", $"Delivery {number} is no dead letter, or its target is gone.");
    }

    private static ProblemHttpResult Unknown(long number) =>
        Problems.Of(StatusCodes.Status404NotFound, "unknown-delivery", "Unknown delivery", $"There is no delivery {number}, or it is not kept any more. GET /api/v1/deliveries lists them.");

    private static ProblemHttpResult NotHere(string name) =>
        Problems.Of(StatusCodes.Status409Conflict, "not-editable", "It can't be changed here", $"Subscription '{name}' comes from a file under devices/subscriptions or belongs to the platform. Change the file and restart, or use another name.");

    private static ProblemHttpResult NotKept(IOException e) => Problems.Of(StatusCodes.Status503ServiceUnavailable, "not-kept", "It can't be kept", e.Message);
}
