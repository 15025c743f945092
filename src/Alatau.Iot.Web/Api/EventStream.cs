using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Alatau.Iot.Web.Api;

/// <summary>Writes server-sent events (WHATWG HTML, section 9.2) to one response.</summary>
internal sealed class EventStream
{
    private readonly PipeWriter _writer;
    private readonly Utf8JsonWriter _json;

    private EventStream(PipeWriter writer) => (_writer, _json) = (writer, new Utf8JsonWriter(writer));

    /// <summary>Sets the headers of an event stream and sends them.</summary>
    public static async Task<EventStream> BeginAsync(HttpContext context)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        await context.Response.StartAsync(context.RequestAborted);
        var stream = new EventStream(context.Response.BodyWriter);
        stream.Comment("open");
        await stream.FlushAsync(context.RequestAborted);
        return stream;
    }

    public void Comment(string text) => Text($": {text}\n\n");

    /// <summary>Adds an event; <see cref="FlushAsync"/> sends it.</summary>
    public void Event<T>(string name, string? id, T data, JsonTypeInfo<T> type)
    {
        if (id is not null)
        {
            Text($"id: {id}\n");
        }

        Text($"event: {name}\ndata: ");
        JsonSerializer.Serialize(_json, data, type);
        _json.Flush();
        _json.Reset();
        Text("\n\n");
    }

    /// <summary>Adds an event whose data is one number under a name.</summary>
    public void Event(string name, string field, long number) =>
        Text(string.Create(CultureInfo.InvariantCulture, $"event: {name}\ndata: {{\"{field}\":{number}}}\n\n"));

    public async Task FlushAsync(CancellationToken cancellationToken) => await _writer.FlushAsync(cancellationToken);

    private void Text(string text)
    {
        var span = _writer.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _writer.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
