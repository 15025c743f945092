using System.Globalization;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Parts;
using Alatau.Iot.Web.Console.Views;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Alatau.Iot.Web.Console;

/// <summary>Moves one open page: once a second it reads what the page shows, and sends what changed. What every page carries (banner, count of alarms, announcements) moves with it.</summary>
internal sealed class PageStream(
    AlarmBook book, AlarmTallies tallies, Pulse pulse, Fragments fragments, StreamGate gate, WebOptions options, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>Plots and readiness move every five seconds.</summary>
    public const int SlowTicks = 5;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    /// <param name="context">The request of the stream.</param>
    /// <param name="read">Puts what the page shows into the patch; called with the number of the second since the page was opened.</param>
    public async Task<IResult> RunAsync(HttpContext context, Func<LivePatch, long, CancellationToken, Task> read)
    {
        if (!gate.TryEnter())
        {
            context.Response.Headers.RetryAfter = "5";
            return Problems.Of(StatusCodes.Status503ServiceUnavailable, "too-many-streams", "Too many streams", $"{options.MaximumStreams} streams are open, which is the limit (Web:MaximumStreams).");
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
            var stream = await EventStream.BeginAsync(context);
            var patch = new LivePatch();
            using var timer = new PeriodicTimer(s_period, clock);
            long seen = book.Count;
            long tick = 0;
            do
            {
                patch.Clear();
                await read(patch, tick, stop.Token);
                if (tick % SlowTicks == 0)
                {
                    var problems = await pulse.ProblemsAsync(stop.Token);
                    patch.SetHtml("banner", await fragments.RenderAsync<Banner>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Problems"] = problems }));
                }

                Waiting(patch);
                seen = Announce(patch, seen);
                tick++;
                patch.Now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                stream.Event("patch", null, patch, ConsoleJson.Default.LivePatch);
                await stream.FlushAsync(stop.Token);
            }
            while (await timer.WaitForNextTickAsync(stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The page was left, or the platform stops.
        }
        finally
        {
            gate.Leave();
        }

        return Results.Empty;
    }

    /// <summary>The count in the navigation.</summary>
    private void Waiting(LivePatch patch)
    {
        var tally = tallies.Read();
        patch.SetText("nav-waiting", tally.WaitingText);
        patch.SetLook("nav-waiting", "badge " + tally.Worst);
    }

    /// <summary>Says new alarms to a screen reader: the latest, and how many came with it.</summary>
    private long Announce(LivePatch patch, long seen)
    {
        long count = book.Count;
        if (count > seen)
        {
            var raised = book.Recent(t => t.From == Core.Alarms.AlarmState.Normal, (int)Math.Min(count - seen, 100)).Where(n => n.Number > seen).Select(n => n.Transition).ToArray();
            if (raised.Length > 0)
            {
                string others = raised.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $", and {raised.Length - 1} more") : "";
                patch.SetText("announce", $"{raised[0].Severity} alarm: {raised[0].Title} at {raised[0].Asset}{others}");
            }
        }

        return count;
    }
}
