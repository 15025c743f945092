using System.Globalization;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Parts;
using Alatau.Iot.Web.Console.Views;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console;

/// <summary>What moves on the pages of alarms.</summary>
internal sealed class AlarmStream(AlarmListReader list, AlarmDetailReader details, AlarmBook book, Fragments fragments, PageStream page)
{
    /// <summary>Of an alarm without deliveries.</summary>
    public const string NobodyTold = "Nobody has subscribed to this alarm, or nothing was sent yet.";

    public Task<IResult> ListAsync(HttpContext context)
    {
        var query = AlarmQuery.From(context.Request.Query);
        string by = ShellReader.OperatorOf(context.Request);
        long seen = -1;
        return page.RunAsync(context, async (patch, _, stop) =>
        {
            long version = book.Version;
            if (version == seen)
            {
                return;
            }

            seen = version;
            var view = await list.ReadAsync(query, stop);
            patch.SetHtml("tabs", await fragments.RenderAsync<AlarmTabs>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Tally"] = view.Tally, ["Query"] = view.Query }));
            patch.SetHtml("pager", await fragments.RenderAsync<AlarmPager>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = view }));

            // Ages are counted by the page.
            var still = view with { Groups = [.. view.Groups.Select(g => (g.Name, (IReadOnlyList<AlarmRowView>)[.. g.Rows.Select(r => r with { Age = "" })]))] };
            patch.SetHtml("rows", await fragments.RenderAsync<AlarmTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = still, ["Operator"] = by }));
        });
    }

    /// <summary>The newest page of the history fetches itself again a second after an alarm moved, when the store has the step.</summary>
    public Task<IResult> HistoryAsync(HttpContext context)
    {
        long? shown = long.TryParse(context.Request.Query["version"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long version) ? version : null;
        bool isDue = false;
        return page.RunAsync(context, (patch, _, _) =>
        {
            patch.Reload = isDue;
            isDue = !isDue && shown is { } before && book.Version != before;
            return Task.CompletedTask;
        });
    }

    public Task<IResult> AlarmAsync(HttpContext context, string id)
    {
        string? hour = context.Request.Query["hour"].FirstOrDefault();
        string? shown = context.Request.Query["state"].FirstOrDefault();
        string by = ShellReader.OperatorOf(context.Request);
        long seen = -1;
        return page.RunAsync(context, async (patch, tick, stop) =>
        {
            bool isSlow = tick % PageStream.SlowTicks == 0;
            long version = book.Version;
            if ((version == seen && !isSlow) || await details.ReadAsync(id, hour, isSlow, stop) is not { } view)
            {
                return;
            }

            seen = version;
            patch.SetHtml("alarm", await fragments.RenderAsync<AlarmHead>(Only("View", view with { Age = "" })));
            patch.SetHtml("steps", await fragments.RenderAsync<TransitionTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Transitions"] = view.Steps, ["IsOfMany"] = false }));
            patch.SetHtml("told", await fragments.RenderAsync<DeliveryTable>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Rows"] = view.Deliveries.Select(d => d with { Age = "" }).ToArray(), ["Empty"] = NobodyTold }));
            if (isSlow)
            {
                patch.SetHtml("curve", await fragments.RenderAsync<AlarmPlot>(Only("View", view)));
            }

            // What somebody is typing is only taken away when the alarm moved under their hands.
            string state = Words.Of(view.State);
            if (state != shown)
            {
                shown = state;
                patch.SetHtml("deeds", await fragments.RenderAsync<AlarmDeeds>(new Dictionary<string, object?>(StringComparer.Ordinal) { ["View"] = view, ["Operator"] = by }));
            }
        });
    }

    private static Dictionary<string, object?> Only(string name, object value) => new(StringComparer.Ordinal) { [name] = value };
}
