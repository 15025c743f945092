using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Console.Pages;
using Alatau.Iot.Web.Console.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>The console's pages, rendered whole on the server.</summary>
internal sealed class ConsolePages(
    ShellReader shell, OverviewReader overview, AssetReader asset, AlarmReader alarms, QuarantineReader quarantine, QualityReader quality, Ledger ledger, TimeProvider clock)
{
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

    public async Task<IResult> QuarantineAsync(HttpContext context) =>
        Page<QuarantinePage>(quarantine.Read(context, await shell.ReadAsync(context, "Quarantine", "quarantine", null)));

    /// <summary>Sends quarantined messages through again, one or all, and goes back to the page, which says what became of them.</summary>
    public async Task<IResult> ReplayAsync(HttpContext context)
    {
        var (form, refusal) = await ConsoleForm.ReadAsync(context);
        return refusal ?? Results.LocalRedirect(await quarantine.ReplayAsync(form!, context.RequestAborted));
    }

    public async Task<IResult> LedgerAsync(HttpContext context) => Page<LedgerPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["Shell"] = await shell.ReadAsync(context, "Ledger", "ledger", "/console/stream/ledger"),
        ["Rows"] = LedgerRows.Of(ledger),
    });

    public async Task<IResult> QualityAsync(HttpContext context) => Page<QualityPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["Shell"] = await shell.ReadAsync(context, "Alarm quality", "quality", null),
        ["View"] = quality.Read(),
    });

    public async Task<IResult> MissingAsync(HttpContext context, string detail) => Page<MissingPage>(
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["Shell"] = await shell.ReadAsync(context, "Not here", "", null), ["Detail"] = detail }, StatusCodes.Status404NotFound);

    private static RazorComponentResult<T> Page<T>(IReadOnlyDictionary<string, object?> parameters, int status = StatusCodes.Status200OK)
        where T : IComponent => new(parameters) { PreventStreamingRendering = true, StatusCode = status };
}
