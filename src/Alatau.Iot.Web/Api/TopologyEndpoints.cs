using System.ComponentModel;
using System.Globalization;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Who feeds whom, what lies where, and the sums of each branch.</summary>
internal static class TopologyEndpoints
{
    private const int DefaultPage = 100;
    private const int MaximumPage = 1000;
    private const int DefaultPoints = 2000;
    private const int MaximumPoints = 10_000;

    /// <summary>By then a window's members have had their idle delay and the roll-up its rest.</summary>
    private static readonly TimeSpan s_settled = TimeSpan.FromSeconds(15);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/topology", List).WithName("ListTopology").WithSummary("Nodes of the topology: the city, districts, buildings, floors and rooms, transformers and feeders, and assets")
            .WithDescription("As the fleets say it, at an instant. Spatial nodes come first, then assets; filters combine.")
            .Produces<Listing<NodeItem>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/topology/{node}", (string node, [AsParameters] NodeQuery query) => Get(node, query)).WithName("GetTopologyRoot")
            .WithSummary("A site or the city: its latest sums with completeness, and what is directly below it")
            .Produces<NodeDetail>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/topology/{site}/{name}", (string site, string name, [AsParameters] NodeQuery query) => Get($"{site}/{name}", query)).WithName("GetTopologyNode")
            .WithSummary("A node: its latest sums with completeness, and what is directly below it")
            .Produces<NodeDetail>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapGet("/topology/{node}/series", (string node, [AsParameters] BranchQuery query, CancellationToken stop) => SeriesAsync(node, query, stop)).WithName("GetTopologyRootSeries")
            .WithSummary("Windows of one measurand of a site or the city, oldest first")
            .Produces<BranchSeries>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        api.MapGet("/topology/{site}/{name}/series", (string site, string name, [AsParameters] BranchQuery query, CancellationToken stop) => SeriesAsync($"{site}/{name}", query, stop)).WithName("GetTopologyNodeSeries")
            .WithSummary("Windows of one measurand of a branch, oldest first")
            .Produces<BranchSeries>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>When the latest settled window has ended at the latest.</summary>
    internal static Instant SettledBy(Instant now) => now - s_settled;

    private static IResult List(
        Topology topology,
        TimeProvider clock,
        [Description("Only nodes of this kind.")] string? kind,
        [Description("Only what is directly below this node.")] string? below,
        [Description("RFC 3339 or Unix milliseconds; default now.")] string? at,
        [Description("Most items in a page, 1 to 1000; default 100.")] string? limit,
        [Description("The 'next' of the page before.")] string? cursor)
    {
        var query = new QueryReader();
        var wanted = query.Word<NodeKind>("kind", kind);
        var instant = query.Time("at", at, Instant.Now(clock));
        int take = query.Whole("limit", limit, DefaultPage, 1, MaximumPage);
        long from = query.Cursor(cursor, 0);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        TopologyNode? root = null;
        if (!string.IsNullOrEmpty(below))
        {
            if (!topology.TryFind(below, out var found))
            {
                return Problems.UnknownNode(below);
            }

            root = found;
        }

        var items = new List<NodeItem>();
        string? next = null;
        foreach (var node in Nodes(topology, root, instant, from))
        {
            if (wanted is { } only && topology.KindOf(node) != only)
            {
                continue;
            }

            if (items.Count == take)
            {
                next = node.Index.ToString(CultureInfo.InvariantCulture);
                break;
            }

            items.Add(Item(topology, node, instant));
        }

        return TypedResults.Ok(new Listing<NodeItem>(items, next));
    }

    private static IEnumerable<TopologyNode> Nodes(Topology topology, TopologyNode? below, Instant at, long from)
    {
        if (below is { } root)
        {
            foreach (var child in topology.Children(root, at))
            {
                if (child.Index >= from)
                {
                    yield return child;
                }
            }

            yield break;
        }

        for (long i = from; i < topology.Count; i++)
        {
            yield return new TopologyNode((int)i);
        }
    }

    private static IResult Get(string id, NodeQuery asked)
    {
        var topology = asked.Topology;
        if (!topology.TryFind(id, out var node))
        {
            return Problems.UnknownNode(id);
        }

        var query = new QueryReader();
        var span = ReadSpan(query, asked.Window, WindowSpan.OneMinute);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        var now = Instant.Now(asked.Clock);
        var children = new List<NodeItem>();
        foreach (var child in topology.Children(node, now))
        {
            if (children.Count == MaximumPage)
            {
                break;
            }

            children.Add(Item(topology, child, now));
        }

        var sums = asked.RollUps.Latest(node, span, SettledBy(now)).OrderBy(r => r.Members).ThenBy(r => asked.Catalog[r.Measurand].Name, StringComparer.Ordinal).Select(r => Sum(r, asked.Catalog));
        return TypedResults.Ok(new NodeDetail(Item(topology, node, now), span.ShortName(), [.. sums], children));
    }

    private static async Task<IResult> SeriesAsync(string id, BranchQuery asked, CancellationToken stop)
    {
        if (!asked.Topology.TryFind(id, out _))
        {
            return Problems.UnknownNode(id);
        }

        var query = new QueryReader();
        var span = ReadSpan(query, asked.Window, WindowSpan.QuarterHour);
        var end = query.Time("to", asked.To, Instant.Now(asked.Clock));
        var start = query.Time("from", asked.From, end - DefaultLength(span));
        int take = query.Whole("limit", asked.Limit, DefaultPoints, 1, MaximumPoints);
        var members = query.Word<NodeKind>("kind", asked.Kind) ?? NodeKind.Meter;
        if (string.IsNullOrEmpty(asked.Measurand))
        {
            query.Fault("measurand", "measurand must be given.");
        }

        if (!query.HasFaults && end <= start)
        {
            query.Fault("to", "to must be later than from.");
        }

        if (query.HasFaults)
        {
            return query.Problem();
        }

        if (!asked.Catalog.TryFind(asked.Measurand!, out var measurand))
        {
            return Problems.UnknownMeasurand(asked.Measurand!);
        }

        try
        {
            var page = await asked.Store.ReadRollUpsAsync(new RollUpQuery(id, members, measurand, span, start, end, take), stop);
            var unit = asked.Catalog[measurand];
            return TypedResults.Ok(new BranchSeries(id, Words.Of(members), unit.Name, unit.Unit, span.ShortName(), [.. page.Points.Select(Point)], page.Next?.ToString()));
        }
        catch (StoreException e)
        {
            return Problems.StoreAway(e.Message);
        }
    }

    private static WindowSpan ReadSpan(QueryReader query, string? window, WindowSpan absent)
    {
        if (string.IsNullOrEmpty(window))
        {
            return absent;
        }

        if (!WindowSpans.TryParse(window, out var span))
        {
            query.Fault("window", $"window must be one of: {string.Join(", ", WindowSpans.All.ToArray().Select(s => s.ShortName()))}.");
        }

        return span;
    }

    private static TimeSpan DefaultLength(WindowSpan span) => span == WindowSpan.OneMinute ? TimeSpan.FromHours(6) : span == WindowSpan.QuarterHour ? TimeSpan.FromHours(24) : TimeSpan.FromDays(7);

    private static NodeItem Item(Topology topology, TopologyNode node, Instant at) => new(
        topology.IdOf(node),
        topology.DisplayNameOf(node),
        Words.Of(topology.KindOf(node)),
        topology.TryAsset(node, out _),
        topology.TryFeeder(node, at, out var feeder) ? topology.IdOf(feeder) : null,
        topology.TryLocation(node, at, out var around) ? topology.IdOf(around) : null,
        topology.TryMeter(node, at, out var meter) ? topology.IdOf(meter) : null,
        topology.CustomersUnder(node, at),
        topology.CountBelow(node, NodeKind.Meter, at));

    private static BranchSum Sum(RollUpRow row, MeasurandCatalog catalog) => new(
        catalog[row.Measurand].Name,
        catalog[row.Measurand].Unit,
        Words.Of(row.Members),
        row.Window.Start.ToString(),
        Finite(row.Summary.Sum),
        Finite(row.Summary.Mean),
        Finite(row.Summary.Minimum),
        Finite(row.Summary.Maximum),
        row.Summary.Members,
        row.Summary.Expected,
        row.Summary.Estimated,
        row.Summary.Readings,
        Share(row.Summary.Completeness),
        row.Summary.Revision,
        Words.Of(row.Summary.Quality));

    private static BranchPoint Point(RollUpPoint point)
    {
        var s = point.Summary;
        return new BranchPoint(
            point.At.ToString(), Finite(s.Sum) ?? Finite(s.Mean), Words.Of(s.Quality), Finite(s.Sum), Finite(s.Mean), Finite(s.Minimum), Finite(s.Maximum), s.Members, s.Expected, s.Estimated, s.Readings, Share(s.Completeness), s.Revision);
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static double? Share(double completeness) => double.IsNaN(completeness) ? null : Math.Round(completeness, 4);
}
