using System.ComponentModel;
using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Alatau.Iot.Web.Api;

/// <summary>Server-sent events: alarm transitions and readings as they happen.</summary>
internal sealed class StreamEndpoints(AlarmBook book, LiveFeed feed, AssetDirectory assets, MeasurandCatalog catalog, StreamGate gate, WebOptions options, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>Tells this process's numbers from those of one before it.</summary>
    private readonly string _epoch = Instant.Now(clock).UnixMilliseconds.ToString(CultureInfo.InvariantCulture);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/alarms/stream", (
                HttpContext context,
                StreamEndpoints streams,
                [Description("Only alarms of this site.")] string? site,
                [Description("Only alarms of this asset: site/asset, or its name beside site.")] string? asset,
                [Description("Resume after this id, where the header can't be set.")] string? lastEventId) => streams.AlarmsAsync(context, site, asset, lastEventId))
            .WithName("StreamAlarms").WithSummary("Alarm transitions as server-sent events")
            .WithDescription("Events: alarm (an AlarmItem, with an id for Last-Event-ID), dropped ({\"count\":n}: this listener was too slow, and n transitions are missing here), missed ({\"count\":n}: the resume point is older than what is kept, or of another run with n = -1; read /api/v1/alarms). A comment is sent as heartbeat.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/readings/stream", (
                HttpContext context,
                StreamEndpoints streams,
                [Description("Only assets of this site.")] string? site,
                [Description("Only this asset: site/asset, or its name beside site.")] string? asset,
                [Description("Only this measurand.")] string? measurand) => streams.ReadingsAsync(context, site, asset, measurand))
            .WithName("StreamReadings").WithSummary("Stored readings as server-sent events")
            .WithDescription("Events: reading (a ReadingEvent), dropped ({\"count\":n}: this listener was too slow, and n readings are missing here). A comment is sent as heartbeat.")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<IResult> AlarmsAsync(HttpContext context, string? site, string? asset, string? lastEventId)
    {
        var query = new QueryReader();
        site = query.Site(site);
        AssetId? wantedAsset = query.Asset(site, asset, assets) is { } handle ? assets[handle].Id : null;
        if (query.HasFaults)
        {
            return query.Problem();
        }

        bool Wanted(AlarmTransition t) => (site is null || t.Asset.Site == site) && (wantedAsset is null || t.Asset == wantedAsset);
        string? resume = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? lastEventId;
        bool isOtherRun = !TryResume(resume, out long? after);
        return await RunAsync(context, async (stream, stop) =>
        {
            using var queue = book.Listen(after, out var replay, out long missed);
            if (isOtherRun || missed > 0)
            {
                stream.Event("missed", "count", isOtherRun ? -1 : missed);
            }

            foreach (var numbered in replay)
            {
                Write(stream, numbered, Wanted);
            }

            await stream.FlushAsync(stop);
            await PumpAsync(stream, queue, numbered => Write(stream, numbered, Wanted), stop);
        });
    }

    private async Task<IResult> ReadingsAsync(HttpContext context, string? site, string? asset, string? measurand)
    {
        var query = new QueryReader();
        site = query.Site(site);
        var filter = new ReadingFilter(site, query.Asset(site, asset, assets), query.Measurand(measurand, catalog));
        if (query.HasFaults)
        {
            return query.Problem();
        }

        return await RunAsync(context, async (stream, stop) =>
        {
            using var queue = feed.Listen(filter);
            await PumpAsync(
                stream,
                queue,
                chunk =>
                {
                    foreach (var reading in chunk)
                    {
                        stream.Event("reading", null, Item(reading), ApiJson.Default.ReadingEvent);
                    }
                },
                stop);
        });
    }

    private void Write(EventStream stream, NumberedTransition numbered, Func<AlarmTransition, bool> wanted)
    {
        if (wanted(numbered.Transition))
        {
            stream.Event("alarm", string.Create(CultureInfo.InvariantCulture, $"{_epoch}-{numbered.Number}"), Mapping.Alarm(numbered.Transition), ApiJson.Default.AlarmItem);
        }
    }

    private ReadingEvent Item(LiveReading live)
    {
        var id = assets[live.Asset].Id;
        var measurand = catalog[live.Reading.Measurand];
        return new ReadingEvent(
            id.Site, id.Name, measurand.Name, live.Reading.Value, measurand.Unit, Words.Of(live.Reading.Quality), live.Reading.MeasuredAt.ToString(), live.ReceivedAt.ToString());
    }

    /// <summary>False when the id is not of this run.</summary>
    private bool TryResume(string? id, out long? after)
    {
        after = null;
        if (string.IsNullOrEmpty(id))
        {
            return true;
        }

        int dash = id.IndexOf('-', StringComparison.Ordinal);
        if (dash > 0 && id[..dash] == _epoch && long.TryParse(id.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            after = number;
            return true;
        }

        return false;
    }

    private async Task<IResult> RunAsync(HttpContext context, Func<EventStream, CancellationToken, Task> body)
    {
        if (!gate.TryEnter())
        {
            context.Response.Headers.RetryAfter = "5";
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "too-many-streams", "Too many streams", $"{options.MaximumStreams} streams are open, which is the limit (Web:MaximumStreams). Try again later.");
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            var stream = await EventStream.BeginAsync(context);
            await body(stream, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The listener left, or the platform stops.
        }
        finally
        {
            gate.Leave();
        }

        return Results.Empty;
    }

    /// <summary>Writes what the queue brings, and a heartbeat when it brings nothing. A listener that doesn't read is waited for here, while its queue drops.</summary>
    private async Task PumpAsync<T>(EventStream stream, EventQueue<T> queue, Action<T> write, CancellationToken stop)
    {
        Task<bool>? waiting = null;
        while (!stop.IsCancellationRequested)
        {
            waiting ??= queue.WaitToReadAsync(stop).AsTask();
            try
            {
                if (!await waiting.WaitAsync(options.Heartbeat, clock, stop))
                {
                    return;
                }

                waiting = null;

                // A few chunks a flush: a fast queue must not grow the response's buffer without bound.
                for (int chunk = 0; chunk < 16 && queue.TryRead(out var item, out long dropped); chunk++)
                {
                    if (dropped > 0)
                    {
                        gate.CountDropped(dropped);
                        stream.Event("dropped", "count", dropped);
                    }

                    write(item);
                }
            }
            catch (TimeoutException)
            {
                stream.Comment("alive");
            }

            await stream.FlushAsync(stop);
        }
    }
}
