using Alatau.Iot.Web.Console.Pages;
using Alatau.Iot.Web.Console.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Alatau.Iot.Web.Console;

/// <summary>The page of the topology: the tree with its sums, and one branch in full.</summary>
internal sealed class TopologyPages(ShellReader shell, TopologyReader reader, ConsolePages pages)
{
    public async Task<IResult> ShowAsync(HttpContext context)
    {
        string node = NodeOf(context);
        return reader.Read(node) is not { } view
            ? await pages.MissingAsync(context, $"There is no node {node} in the topology.")
            : new RazorComponentResult<TopologyPage>(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["Shell"] = await shell.ReadAsync(context, "Topology", "topology", "/console/stream/topology" + context.Request.QueryString),
                ["View"] = view,
            }) { PreventStreamingRendering = true };
    }

    /// <summary>Which node is asked for; empty for none.</summary>
    internal static string NodeOf(HttpContext context) => context.Request.Query["node"].FirstOrDefault() ?? "";
}
