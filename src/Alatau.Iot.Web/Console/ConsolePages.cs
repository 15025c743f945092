using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Pages;
using Alatau.Iot.Web.Console.Views;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>The console's pages, rendered whole on the server.</summary>
internal sealed class ConsolePages(
    ShellReader shell, OverviewReader overview, AssetReader asset, AlarmReader alarms, IQuarantine quarantine, Ledger ledger, Sites sites, AlarmDesk desk, TimeProvider clock)
{
    private const int QuarantinePageSize = 100;
    private const int PayloadPreview = 200;

    public async Task<IResult> OverviewAsync(HttpContext context)
    {
        var query = OverviewQuery.From(context.Request.Query);
        var view = await overview.ReadAsync(query, context.RequestAborted);
        (var plot, string plotName) = overview.LoadPlot();
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Shell"] = await shell.ReadAsync(context, "Overview", "overview", "/console/stream/overview" + view.Query.ToQueryString()),
            ["View"] = view,
            ["Plot"] = plot,
            ["PlotName"] = plotName,
            ["Alarms"] = alarms.Open(Instant.Now(clock)),
            ["AlarmTotal"] = alarms.Count,
        };
        return Page<OverviewPage>(parameters);
    }

    public async Task<IResult> AssetAsync(HttpContext context, string site, string name)
    {
        if (!AssetId.TryOf(site, name, out var id) || await asset.ReadAsync(AssetQuery.From(id, context.Request.Query), withPlot: true, context.RequestAborted) is not { } view)
        {
            return await MissingAsync(context, $"There is no asset {site}/{name}.");
        }

        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Shell"] = await shell.ReadAsync(context, view.Name, "", $"/console/stream/assets/{site}/{name}{context.Request.QueryString}"),
            ["View"] = view,
        };
        return Page<AssetPage>(parameters);
    }

    public async Task<IResult> QuarantineAsync(HttpContext context)
    {
        long before = long.TryParse(context.Request.Query["cursor"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long cursor) ? cursor : long.MaxValue;
        var found = quarantine.List(before, QuarantinePageSize + 1);
        var now = Instant.Now(clock);
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Shell"] = await shell.ReadAsync(context, "Quarantine", "quarantine", null),
            ["Rows"] = found.Take(QuarantinePageSize).Select(m => Row(m, now)).ToArray(),
            ["Counts"] = quarantine.Counts.OrderByDescending(c => c.Value).Select(c => (Spaced(c.Key), c.Value)).ToArray(),
            ["Next"] = found.Count > QuarantinePageSize ? found[QuarantinePageSize - 1].Number.ToString(CultureInfo.InvariantCulture) : null,
        };
        return Page<QuarantinePage>(parameters);
    }

    public async Task<IResult> LedgerAsync(HttpContext context) => Page<LedgerPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["Shell"] = await shell.ReadAsync(context, "Ledger", "ledger", "/console/stream/ledger"),
        ["Rows"] = LedgerRows.Of(ledger),
    });

    public async Task<IResult> MissingAsync(HttpContext context, string detail) => Page<MissingPage>(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["Shell"] = await shell.ReadAsync(context, "Not here", "", null), ["Detail"] = detail }, StatusCodes.Status404NotFound);

    /// <summary>Acknowledges for a browser without script: back to where the form stood, or the refusal in words.</summary>
    public async Task<IResult> AcknowledgeAsync(HttpContext context)
    {
        if (SameOrigin.IsForeign(context.Request))
        {
            return Problems.Of(StatusCodes.Status403Forbidden, "foreign-origin", "Foreign origin", "A page of another origin may not write here.");
        }

        if (!context.Request.HasFormContentType)
        {
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "Unsupported media type", "Send a form.");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        string by = form["by"].FirstOrDefault() is { Length: > 0 } given ? given : ShellReader.Nobody;
        var result = await desk.ActAsync(form["id"].FirstOrDefault() ?? "", AlarmAction.Acknowledge, new AlarmRequest(by, "", null), context.RequestAborted);
        if (result is ProblemHttpResult)
        {
            return result;
        }

        string back = Uri.TryCreate(context.Request.Headers.Referer.FirstOrDefault(), UriKind.Absolute, out var from) && from.Authority == context.Request.Host.Value ? from.PathAndQuery : "/";
        return Results.LocalRedirect(back);
    }

    private static string Spaced(QuarantineReason reason) => string.Concat(reason.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));

    private static RazorComponentResult<T> Page<T>(IReadOnlyDictionary<string, object?> parameters, int status = StatusCodes.Status200OK)
        where T : IComponent => new(parameters) { PreventStreamingRendering = true, StatusCode = status };

    private QuarantineRowView Row(QuarantinedMessage message, Instant now)
    {
        var item = OperationEndpoints.Item(message);
        string payload = item.Payload ?? "base64 " + item.PayloadBase64;
        var local = TimeZoneInfo.ConvertTime(message.ReceivedAt.ToDateTimeOffset(), sites.CityZone);
        return new QuarantineRowView(
            message.Number,
            local.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            Figure.Age(now - message.ReceivedAt),
            message.Route,
            message.Client,
            message.Topic,
            Spaced(message.Reason),
            message.Detail,
            payload.Length > PayloadPreview ? payload[..PayloadPreview] + "…" : payload);
    }
}
