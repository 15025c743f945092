using System.Globalization;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Console.Parts;
using Alatau.Iot.Web.Console.Views;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console;

/// <summary>What moves on each page.</summary>
internal sealed class ConsoleStream(
    OverviewReader overview, AssetReader asset, AlarmReader alarms, SubscriptionsReader subscriptions, TopologyReader topology, Ledger ledger, Fragments fragments, PageStream page, TimeProvider clock)
{
    /// <summary>Of an asset without deliveries.</summary>
    public const string NobodyTold = "Nobody was told of this asset's alarms lately.";

    public Task<IResult> OverviewAsync(HttpContext context)
    {
        var query = OverviewQuery.From(context.Request.Query);
        string by = ShellReader.OperatorOf(context.Request);
        string? rows = null;
        return RunAsync(context, async (patch, tick, stop) =>
        {
            var view = await overview.ReadAsync(query, stop);
            Band(patch, view.Totals);
            await CountsAsync(patch, view.Totals);
            await SitesAsync(patch, view.Sites);
            patch.SetText("trend-name", view.TrendName);
            string present = string.Join(' ', view.Rows.Select(r => r.Key));
            patch.Reload = rows is not null && rows != present;
            rows = present;
            foreach (var row in view.Rows)
            {
                await RowAsync(patch, row);
            }

            await AlarmsAsync(patch, by, null);
            if (tick % PageStream.SlowTicks == 0)
            {
                (var plot, string name) = overview.LoadPlot();
                patch.SetHtml("curve", await fragments.RenderAsync<LoadPlot>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Plot"] = plot, ["Name"] = name }));
            }
        });
    }

    public Task<IResult> AssetAsync(HttpContext context, AssetId id)
    {
        var query = AssetQuery.From(id, context.Request.Query);
        string by = ShellReader.OperatorOf(context.Request);
        string? rows = null;
        return RunAsync(context, async (patch, tick, stop) =>
        {
            bool isSlow = tick % PageStream.SlowTicks == 0;
            var view = await asset.ReadAsync(query, isSlow, stop);
            if (view is null)
            {
                return;
            }

            patch.SetAt("asset-age", view.At);
            string present = string.Join(' ', view.Values.Select(r => r.Key));
            patch.Reload = rows is not null && rows != present;
            rows = present;
            foreach (var row in view.Values)
            {
                patch.SetFigure(row.Key + "-v", row.Value);
                patch.SetText(row.Key + "-r", row.Register);
                patch.SetText(row.Key + "-q", row.Quality);
                patch.SetText(row.Key + "-t", row.MeasuredAt);
                patch.SetAt(row.Key + "-a", row.At);
            }

            await AlarmsAsync(patch, by, id);
            if (isSlow)
            {
                patch.SetHtml("curve", await fragments.RenderAsync<AssetPlot>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = view }));
                patch.SetHtml("history", await fragments.RenderAsync<TransitionTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Transitions"] = view.Transitions }));
                patch.SetHtml("windows", await fragments.RenderAsync<WindowTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = view }));
                patch.SetHtml("told", await fragments.RenderAsync<DeliveryTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Rows"] = view.Deliveries.Select(d => d with { Age = "" }).ToArray(), ["Empty"] = NobodyTold }));
            }
        });
    }

    public Task<IResult> LedgerAsync(HttpContext context) => RunAsync(context, (patch, _, _) =>
    {
        foreach (var row in LedgerRows.Of(ledger))
        {
            patch.SetLook(row.Key, (row.IsTotal ? "sum" : "") + (row.IsWhole ? "" : " broken"));
            patch.SetText(row.Key + "-r", row.Received);
            patch.SetText(row.Key + "-s", row.Stored);
            patch.SetText(row.Key + "-d", row.Duplicate);
            patch.SetText(row.Key + "-q", row.Quarantined);
            patch.SetText(row.Key + "-w", row.Waiting);
            patch.SetText(row.Key + "-u", row.Unaccounted);
        }

        return Task.CompletedTask;
    });

    public Task<IResult> TopologyAsync(HttpContext context)
    {
        string node = TopologyPages.NodeOf(context);
        string? rows = null;
        return RunAsync(context, async (patch, tick, _) =>
        {
            if (tick % PageStream.SlowTicks != 0 || topology.Read(node) is not { } view)
            {
                return;
            }

            string present = string.Join(' ', view.Rows.Select(r => r.Key));
            patch.Reload = rows is not null && rows != present;
            rows = present;
            foreach (var row in view.Rows)
            {
                patch.SetLook(row.Key, row.Look);
                patch.SetFigure(row.Key + "-l", row.Load);
                patch.SetFigure(row.Key + "-g", row.Generation);
                patch.SetText(row.Key + "-v", row.Voltage);
                patch.SetFigure(row.Key + "-t", row.Temperature);
                patch.SetFigure(row.Key + "-c", row.Air);
                patch.SetText(row.Key + "-r", row.Reporting);
                patch.SetText(row.Key + "-p", row.Completeness);
                patch.SetText(row.Key + "-n", row.Customers);
            }

            if (view.Chosen is { } chosen)
            {
                patch.SetHtml("branch", await fragments.RenderAsync<BranchPanel>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = chosen }));
            }
        });
    }

    public Task<IResult> SubscriptionsAsync(HttpContext context) => RunAsync(context, async (patch, _, _) =>
    {
        patch.SetHtml("subscriptions", await fragments.RenderAsync<SubscriptionTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Rows"] = subscriptions.Subscriptions() }));

        // Ages are counted by the page.
        var rows = subscriptions.Deliveries(Instant.Now(clock)).Select(d => d with { Age = "" }).ToArray();
        patch.SetHtml("deliveries", await fragments.RenderAsync<DeliveryTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Rows"] = rows }));
    });

    private static void Band(LivePatch patch, TotalsView totals)
    {
        patch.SetFigure("t-load", totals.Load);
        patch.SetFigure("t-gen", totals.Generation);
        patch.SetText("t-netname", totals.NetName);
        patch.SetFigure("t-net", totals.Net);
        patch.SetFigure("t-energy", totals.EnergyToday);
        patch.SetFigure("t-made", totals.ProducedToday);
        patch.SetText("t-alarms", Figure.Count(totals.OpenAlarms));
        patch.SetText("t-share", totals.Share);
        patch.SetText("t-of", totals.Reporting);
    }

    private async Task CountsAsync(LivePatch patch, TotalsView totals) =>
        patch.SetHtml("t-counts", await fragments.RenderAsync<AlarmCounts>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Counts"] = totals.Counts }));

    private async Task SitesAsync(LivePatch patch, IReadOnlyList<SiteView> sites)
    {
        foreach (var site in sites)
        {
            patch.SetLook(site.Key, site.IsComplete ? "" : "partial");
            patch.SetFigure(site.Key + "-l", site.Load);
            patch.SetFigure(site.Key + "-g", site.Generation);
            patch.SetFigure(site.Key + "-n", site.Net);
            patch.SetPath(site.Key + "-s", site.Spark);
            patch.SetText(site.Key + "-r", site.Reporting);
            patch.SetHtml(site.Key + "-m", await fragments.RenderAsync<SiteMark>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Site"] = site }));
        }
    }

    private async Task RowAsync(LivePatch patch, RowView row)
    {
        patch.SetLook(row.Key, row.Look);
        patch.SetFigure(row.Key + "-v", row.Main);
        for (int i = 0; i < 3; i++)
        {
            patch.SetText(string.Create(CultureInfo.InvariantCulture, $"{row.Key}-b{i}"), i < row.Beside.Count ? row.Beside[i] : "");
        }

        patch.SetPath(row.Key + "-s", row.Spark);
        patch.SetText(row.Key + "-q", row.Quality);
        patch.SetAt(row.Key + "-a", row.At);
        patch.SetHtml(row.Key + "-m", row.Alarm is null ? "" : await fragments.RenderAsync<Sign>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Mark"] = row.Alarm }));
    }

    private async Task AlarmsAsync(LivePatch patch, string by, AssetId? only)
    {
        // The ages in the list are counted by the page: rendering with a fixed moment lets only real changes through.
        var open = alarms.Open(Instant.Now(clock), only).Select(a => a with { Age = "" }).ToArray();
        var parameters = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Alarms"] = open, ["Total"] = only is null ? alarms.Count : open.Length, ["Operator"] = by };
        patch.SetHtml("alarms", await fragments.RenderAsync<AlarmList>(parameters));
    }

    private Task<IResult> RunAsync(HttpContext context, Func<LivePatch, long, CancellationToken, Task> read) => page.RunAsync(context, read);
}
