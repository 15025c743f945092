using System.ComponentModel;
using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Quarantine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Messages that could not be taken: seen, and sent through again after a profile or a fleet was mended.</summary>
internal static class QuarantineEndpoints
{
    private const int DefaultPage = 100;
    private const int MaximumPage = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/quarantine", List).WithName("ListQuarantine").WithSummary("Messages that could not be taken, newest first")
            .WithDescription("Those that were sent through again are left out unless replayed=true.")
            .Produces<QuarantineListing>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/quarantine/{number:long}", Find).WithName("GetQuarantined").WithSummary("One message that could not be taken")
            .Produces<QuarantineItem>().ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/quarantine/replay", ReplayAsync).WithName("ReplayQuarantine").WithSummary("Sends messages through again")
            .WithDescription("The oldest first, on the same road as when they arrived. Those that can be taken now leave the quarantine and become stored or duplicate in the ledger; the others stay, and the first of them are named with the reason.")
            .Produces<QuarantineReplayReport>().ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapPost("/quarantine/{number:long}/replay", ReplayOneAsync).WithName("ReplayQuarantined").WithSummary("Sends one message through again")
            .Produces<QuarantineReplayReport>()
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    public static QuarantineItem Item(QuarantinedMessage message) => new(
        message.Number,
        message.ReceivedAt.ToString(),
        message.Route,
        message.Client,
        message.Topic,
        Words.Of(message.Reason),
        message.Detail,
        Readable(message.Payload.Span),
        Convert.ToBase64String(message.Payload.Span),
        message.IsCut,
        message.IsReplayed);

    private static IResult List(
        IQuarantine quarantine,
        IQuarantineReplay replay,
        [AsParameters] QuarantineQuery wanted,
        [Description("true lists also those that were sent through again.")] bool? replayed,
        [Description("Most items in a page, 1 to 1000; default 100.")] string? limit,
        [Description("The 'next' of the page before.")] string? cursor)
    {
        var query = new QueryReader();
        var filter = wanted.Read(query);
        int take = query.Whole("limit", limit, DefaultPage, 1, MaximumPage);
        long before = query.Cursor(cursor, long.MaxValue);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        var found = filter.List(quarantine, replay.AssetOf, before, take + 1, replayed ?? false);
        string? next = found.Count > take ? found[take - 1].Number.ToString(CultureInfo.InvariantCulture) : null;
        var counts = quarantine.Counts.ToDictionary(c => Words.Of(c.Key), c => c.Value, StringComparer.Ordinal);
        return TypedResults.Ok(new QuarantineListing([.. found.Take(take).Select(Item)], next, counts));
    }

    private static IResult Find(IQuarantine quarantine, long number) =>
        quarantine.Find(number) is { } message ? TypedResults.Ok(Item(message)) : Unknown(number);

    private static async Task<IResult> ReplayAsync(
        IQuarantineReplay replay,
        [AsParameters] QuarantineQuery wanted,
        CancellationToken cancellationToken)
    {
        var query = new QueryReader();
        var filter = wanted.Read(query);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        var result = await replay.ReplayAsync(filter, cancellationToken);
        return TypedResults.Ok(new QuarantineReplayReport(result.Tried, result.Taken, result.RefusedCount, result.Busy, [.. result.Refused.Select(Refusal)]));
    }

    private static async Task<IResult> ReplayOneAsync(IQuarantineReplay replay, long number, CancellationToken cancellationToken) =>
        await replay.ReplayAsync(number, cancellationToken) is not { } answer ? Unknown(number) : answer.Verdict switch
        {
            QuarantineReplayVerdict.Taken => TypedResults.Ok(new QuarantineReplayReport(1, 1, 0, 0, [])),
            QuarantineReplayVerdict.TakenBefore => Problems.Of(StatusCodes.Status409Conflict, "replayed-before", "Sent through before", $"Message {number} was sent through again already."),
            QuarantineReplayVerdict.Busy => Problems.Of(StatusCodes.Status503ServiceUnavailable, "busy", "No room", "The road had no room in time; nothing happened. Try again."),
            _ => Problems.Of(StatusCodes.Status422UnprocessableEntity, "quarantined", "Quarantined", answer.Detail, ("reason", answer.Reason is { } why ? Words.Of(why) : "unknown")),
        };

    private static QuarantineRefusal Refusal(QuarantineReplayAnswer answer) => new(answer.Number, answer.Reason is { } reason ? Words.Of(reason) : "unknown", answer.Detail);

    private static ProblemHttpResult Unknown(long number) => Problems.Of(
        StatusCodes.Status404NotFound, "unknown-message", "Unknown message", $"There is no message {number} in quarantine; it may have made room for younger ones. GET /api/v1/quarantine lists what is kept.");

    private static string? Readable(ReadOnlySpan<byte> payload)
    {
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(payload);
            return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? null : text;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
