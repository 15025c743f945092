using System.ComponentModel;
using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alatau.Iot.Web.Api;

/// <summary>Open alarms, their history, and what a person does to them.</summary>
internal static class AlarmEndpoints
{
    private const int DefaultPage = 100;
    private const int MaximumPage = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/alarms", ListAsync).WithName("ListAlarms").WithSummary("Open alarms, or the history of transitions")
            .WithDescription("state=open (default) answers every alarm that is not normal: first those that need acknowledgement, then by severity, the youngest first. A state's name narrows it. state=history answers transitions out of the store, newest first, within from and to (default: the last 24 h).")
            .Produces<Listing<AlarmItem>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        Action(api, "acknowledge", AlarmAction.Acknowledge, "Somebody has seen the alarm and takes care of it");
        Action(api, "shelve", AlarmAction.Shelve, "Puts the alarm aside for a limited time, with a reason");
        Action(api, "unshelve", AlarmAction.Unshelve, "Takes a shelved alarm back before its time");
    }

    private static void Action(RouteGroupBuilder api, string verb, AlarmAction action, string summary) =>
        api.MapPost($"/alarms/{{id}}/{verb}", (string id, AlarmRequest request, AlarmDesk desk, CancellationToken cancellationToken) => desk.ActAsync(id, action, request, cancellationToken))
            .WithName(action + "Alarm").WithSummary(summary)
            .Produces<AlarmAnswer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> ListAsync(
        AlarmBook book,
        AssetDirectory assets,
        IHistoryStore store,
        TimeProvider clock,
        [Description("open (default), unacknowledged, acknowledged, returnedUnacknowledged, shelved, suppressedByDesign, outOfService, or history.")] string? state,
        [Description("Only alarms of this site.")] string? site,
        [Description("Only alarms of this asset: site/asset, or its name beside site.")] string? asset,
        [Description("Only this severity and above: low, medium, high, critical.")] string? severity,
        [Description("state=history only: inclusive, RFC 3339 or Unix milliseconds.")] string? from,
        [Description("state=history only: exclusive, RFC 3339 or Unix milliseconds.")] string? to,
        [Description("Most items in a page, 1 to 1000; default 100.")] string? limit,
        [Description("The 'next' of the page before.")] string? cursor,
        CancellationToken cancellationToken)
    {
        var query = new QueryReader();
        bool isHistory = string.Equals(state, "history", StringComparison.OrdinalIgnoreCase);
        bool isOpen = string.IsNullOrEmpty(state) || string.Equals(state, "open", StringComparison.OrdinalIgnoreCase);
        AlarmState? wantedState = null;
        if (!isHistory && !isOpen && !(Words.TryRead<AlarmState>(state!, out var read) && (wantedState = read) != AlarmState.Normal))
        {
            query.Fault("state", $"state must be one of: open, history, {Words.All<AlarmState>()}; normal alarms are found in history.");
        }

        site = query.Site(site);
        AssetId? id = query.Asset(site, asset, assets) is { } handle ? assets[handle].Id : null;
        var least = query.Word<AlarmSeverity>("severity", severity);
        int take = query.Whole("limit", limit, DefaultPage, 1, MaximumPage);
        var end = query.Time("to", to, Instant.Now(clock) + TimeSpan.FromMilliseconds(1));
        var start = query.Time("from", from, end - TimeSpan.FromDays(1));
        if (query.HasFaults)
        {
            return query.Problem();
        }

        bool Wanted(AlarmTransition t) =>
            (site is null || string.Equals(t.Asset.Site, site, StringComparison.Ordinal))
            && (id is null || t.Asset == id)
            && (least is null || t.Severity >= least)
            && (wantedState is null || t.To == wantedState);

        if (isHistory)
        {
            return await HistoryAsync(store, new TransitionQuery(id, start, end, take), Wanted, cursor, cancellationToken);
        }

        int skip = query.Whole("cursor", cursor, 0, 0, int.MaxValue);
        if (query.HasFaults)
        {
            return query.Problem();
        }

        var page = book.Open().Where(a => Wanted(a.Last)).Skip(skip).Take(take + 1).ToArray();
        string? next = page.Length > take ? (skip + take).ToString(CultureInfo.InvariantCulture) : null;
        return TypedResults.Ok(new Listing<AlarmItem>([.. page.Take(take).Select(Mapping.Alarm)], next));
    }

    /// <summary>A cursor is the instant of the last item and how many items of that instant were given: transitions may share one.</summary>
    private static async Task<IResult> HistoryAsync(IHistoryStore store, TransitionQuery query, Func<AlarmTransition, bool> wanted, string? cursor, CancellationToken cancellationToken)
    {
        int skip = 0;
        int take = query.Limit;
        if (!string.IsNullOrEmpty(cursor))
        {
            string[] parts = cursor.Split('.');
            if (parts.Length != 2 || !long.TryParse(parts[0], CultureInfo.InvariantCulture, out long at) || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out skip) || skip > 1_000_000)
            {
                return Problems.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["cursor"] = ["cursor must be the 'next' of an answer of this list."] });
            }

            query = query with { To = new Instant(at + 1) };
        }

        try
        {
            var items = new List<AlarmItem>();
            while (true)
            {
                var found = await store.ReadTransitionsAsync(query with { Limit = take + skip + 1 }, cancellationToken);
                for (int i = skip; i < found.Count; i++)
                {
                    if (items.Count == take)
                    {
                        var last = found[i - 1].At;
                        int seen = 0;
                        for (int back = i - 1; back >= 0 && found[back].At == last; back--)
                        {
                            seen++;
                        }

                        return TypedResults.Ok(new Listing<AlarmItem>(items, string.Create(CultureInfo.InvariantCulture, $"{last.UnixMilliseconds}.{seen}")));
                    }

                    if (wanted(found[i]))
                    {
                        items.Add(Mapping.Alarm(found[i]));
                    }
                }

                if (found.Count < take + skip + 1)
                {
                    return TypedResults.Ok(new Listing<AlarmItem>(items, null));
                }

                var end = found[^1].At;
                skip = found.Reverse().TakeWhile(t => t.At == end).Count();
                query = query with { To = end + TimeSpan.FromMilliseconds(1) };
            }
        }
        catch (StoreException e)
        {
            return Problems.StoreAway(e.Message);
        }
    }
}
