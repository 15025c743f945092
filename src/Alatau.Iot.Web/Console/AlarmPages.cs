using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Pages;
using Alatau.Iot.Web.Console.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>The pages of alarms, and what their forms do.</summary>
internal sealed class AlarmPages(ShellReader shell, AlarmListReader list, AlarmDesk desk)
{
    /// <summary>Most alarms one form may name.</summary>
    private const int MostTicked = 1000;

    public async Task<IResult> ListAsync(HttpContext context)
    {
        var view = await list.ReadAsync(AlarmQuery.From(context.Request.Query), context.RequestAborted);
        return new RazorComponentResult<AlarmsPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Shell"] = await shell.ReadAsync(context, "Alarms", "alarms", "/console/stream/alarms" + view.Query.ToQueryString()),
            ["View"] = view,
        }) { PreventStreamingRendering = true };
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
}
