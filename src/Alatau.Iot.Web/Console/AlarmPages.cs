using System.Globalization;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Pages;
using Alatau.Iot.Web.Console.Views;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>The pages of alarms, and what their forms do.</summary>
internal sealed class AlarmPages(ShellReader shell, AlarmListReader list, AlarmHistoryReader history, AlarmDetailReader details, ConsolePages pages, AlarmBook book, AlarmDesk desk)
{
    /// <summary>Most alarms one form may name.</summary>
    private const int MostTicked = 1000;

    private const string Section = "alarms";

    public async Task<IResult> ListAsync(HttpContext context)
    {
        var view = await list.ReadAsync(AlarmQuery.From(context.Request.Query), context.RequestAborted);
        return Page<AlarmsPage>(await shell.ReadAsync(context, "Alarms", Section, "/console/stream/alarms" + view.Query.ToQueryString()), view);
    }

    public async Task<IResult> HistoryAsync(HttpContext context)
    {
        long version = book.Version;
        var view = await history.ReadAsync(AlarmHistoryQuery.From(context.Request.Query), context.RequestAborted);
        return Page<AlarmHistoryPage>(await shell.ReadAsync(context, "History of alarms", Section, "/console/stream/alarm-history" + QueryParts.Join(("version", view.Query.Cursor is null ? version.ToString(CultureInfo.InvariantCulture) : null))), view);
    }

    public async Task<IResult> AlarmAsync(HttpContext context, string id)
    {
        string? hour = context.Request.Query["hour"].FirstOrDefault();
        return await details.ReadAsync(id, hour, withPlot: true, context.RequestAborted) is { } view
            ? Page<AlarmPage>(await shell.ReadAsync(context, view.Title, Section, $"/console/stream/alarms/{id}{QueryParts.Join(("hour", hour), ("state", Words.Of(view.State)))}"), view)
            : await pages.MissingAsync(context, $"There is no alarm {id}: it never was, or is longer ago than history is kept.");
    }

    /// <summary>Does one thing to each alarm that the form names and goes back to the page it stood on, which says what was refused.</summary>
    public async Task<IResult> ActAsync(HttpContext context)
    {
        var (form, refusal) = await ConsoleForm.ReadAsync(context);
        if (refusal is not null)
        {
            return refusal;
        }

        if (AlarmDeed.All.FirstOrDefault(d => d.Verb == form!["do"].FirstOrDefault()) is not { } deed)
        {
            return ConsoleForm.Back(context, "action");
        }

        string[] ids = [.. form!["id"].OfType<string>().Distinct(StringComparer.Ordinal).Take(MostTicked)];
        var request = new AlarmRequest(form["by"].FirstOrDefault() is { Length: > 0 } by ? by : ShellReader.Nobody, form["why"].FirstOrDefault(), form["for"].FirstOrDefault());
        ProblemHttpResult? problem = null;
        int refused = 0;
        foreach (string id in ids)
        {
            if (await desk.ActAsync(id, deed.Action, request, context.RequestAborted) is ProblemHttpResult first)
            {
                problem ??= first;
                refused++;
            }
        }

        return ConsoleForm.Back(context, ids.Length == 0 ? "none" : problem is null ? null : Refusal.Word(problem, refused));
    }

    private static RazorComponentResult<T> Page<T>(ShellView shell, object view)
        where T : IComponent => new(new Dictionary<string, object?>(StringComparer.Ordinal) { ["Shell"] = shell, ["View"] = view }) { PreventStreamingRendering = true };
}
