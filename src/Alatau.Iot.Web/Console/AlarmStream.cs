using Alatau.Iot.Web.Console.Parts;
using Alatau.Iot.Web.Console.Views;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console;

/// <summary>What moves on the pages of alarms.</summary>
internal sealed class AlarmStream(AlarmListReader list, AlarmBook book, Fragments fragments, PageStream page)
{
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
}
