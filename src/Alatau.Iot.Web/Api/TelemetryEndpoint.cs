using System.Buffers;
using System.ComponentModel;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Telemetry by HTTP: the native JSON, on the same road as a PUBLISH.</summary>
internal static class TelemetryEndpoint
{
    private const int MaximumMessages = 10_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/telemetry", PostAsync).WithName("PostTelemetry").WithSummary("Takes readings in the native JSON")
            .WithDescription(
                "With site and asset in the query the body is one message, exactly as a device would publish it on alatau/v1/{site}/{asset}/telemetry: an object {\"ts\",\"seq\",\"v\":{…}} or an array of them. "
                + "Without them the body is an object, or an array of objects, that each also carry \"site\" and \"asset\", and each is a message of its own. "
                + "202: all messages are on the road. 422: at least one was quarantined; the problem names each by its index with the reason, and says how many were accepted. 503: no room, nothing after the accepted ones was taken.")
            .Accepts<System.Text.Json.Nodes.JsonNode>("application/json")
            .Produces<TelemetryAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> PostAsync(
        HttpContext context,
        ITelemetryIntake intake,
        WebOptions options,
        [Description("Site of the asset; only together with asset.")] string? site,
        [Description("Name of the asset in its site; only together with site.")] string? asset,
        CancellationToken cancellationToken)
    {
        if (!context.Request.HasJsonContentType())
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "Unsupported media type", "Send application/json.");
        }

        byte[]? body = await ReadBodyAsync(context.Request, options.TelemetryBodyBytes, cancellationToken);
        if (body is null)
        {
            return Problems.Of(StatusCodes.Status413PayloadTooLarge, "too-large", "The body is too large", $"Send at most {options.TelemetryBodyBytes} bytes (Web:TelemetryBodyBytes) in a request.");
        }

        var (messages, fault) = Split(body, site, asset);
        if (fault is not null)
        {
            return Problems.Of(StatusCodes.Status400BadRequest, "invalid-request", "The request is not valid", fault);
        }

        int accepted = 0;
        var refused = new List<RefusedMessage>();
        string client = "http:" + (context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        for (int i = 0; i < messages.Count; i++)
        {
            var (id, payload) = messages[i];
            byte[] topic = Encoding.UTF8.GetBytes($"alatau/v1/{id}/telemetry");
            var result = await intake.AcceptAsync(topic, payload, client, cancellationToken);
            switch (result.Verdict)
            {
                case IntakeVerdict.Taken:
                    accepted++;
                    break;
                case IntakeVerdict.Quarantined:
                    refused.Add(new RefusedMessage(i, id.ToString(), result.Reason is { } reason ? Words.Of(reason) : "unknown", result.Detail));
                    break;
                default:
                    context.Response.Headers.RetryAfter = "1";
                    return Problems.Of(
                        StatusCodes.Status503ServiceUnavailable, "busy", "No room", $"Messages from index {i} on were not taken; send them again.", ("accepted", accepted), ("from", i));
            }
        }

        return refused.Count == 0
            ? TypedResults.Accepted((string?)null, new TelemetryAnswer(accepted))
            : Problems.Of(
                StatusCodes.Status422UnprocessableEntity,
                "quarantined",
                "Quarantined",
                messages.Count == 1 ? refused[0].Detail : $"{refused.Count} of {messages.Count} messages were quarantined; the first: {refused[0].Detail}",
                ("reason", refused[0].Reason),
                ("accepted", accepted),
                ("quarantined", (IReadOnlyList<RefusedMessage>)refused));
    }

    /// <summary>The body as messages for assets, or what is wrong with it.</summary>
    private static (List<(AssetId Asset, ReadOnlyMemory<byte> Payload)> Messages, string? Fault) Split(byte[] body, string? site, string? asset)
    {
        var messages = new List<(AssetId Asset, ReadOnlyMemory<byte> Payload)>();
        if (site is not null || asset is not null)
        {
            if (!AssetId.TryOf(site, asset, out var id))
            {
                return (messages, "site and asset must both be given in the query, each of 1 to 64 characters out of A-Z a-z 0-9 - _ .");
            }

            messages.Add((id, body));
            return (messages, null);
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement[] objects = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : [document.RootElement];
            if (objects.Length is 0 or > MaximumMessages)
            {
                return (messages, $"The body must hold 1 to {MaximumMessages} messages.");
            }

            for (int i = 0; i < objects.Length; i++)
            {
                if (objects[i].ValueKind != JsonValueKind.Object || !AssetId.TryOf(TextOf(objects[i], "site"), TextOf(objects[i], "asset"), out var id))
                {
                    return (messages, $"Message {i} must be an object with the members site and asset, or give both in the query.");
                }

                messages.Add((id, WithoutPlace(objects[i])));
            }

            return (messages, null);
        }
        catch (JsonException e)
        {
            return (messages, $"The body is not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
        }
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The object as a device would publish it: without site and asset, which its topic says.</summary>
    private static ReadOnlyMemory<byte> WithoutPlace(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in element.EnumerateObject().Where(m => m.Name is not ("site" or "asset")))
            {
                member.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The whole body; null when it is longer than the limit.</summary>
    internal static async Task<byte[]?> ReadBodyAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > limit)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                byte[] body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
