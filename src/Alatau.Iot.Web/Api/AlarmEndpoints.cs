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
        Action(api, "suppress", AlarmAction.Suppress, "Holds the alarm down by design until it is let go, with a reason: its cause is known elsewhere");
        Action(api, "unsuppress", AlarmAction.Unsuppress, "Lets a suppressed alarm go");
        Action(api, "out-of-service", AlarmAction.RemoveFromService, "Takes the alarm out of service until it is put back, with a reason: for maintenance");
        Action(api, "return-to-service", AlarmAction.ReturnToService, "Puts the alarm back into service");
    }

    private static void Action(RouteGroupBuilder api, string verb, AlarmAction action, string summary) =>
        api.MapPost($"/alarms/{{id}}/{verb}", (string id, AlarmRequest request, AlarmDesk desk, CancellationToken cancellationToken) => desk.ActAsync(id, action, request, cancellationToken))
            .WithName(action + "Alarm").WithSummary(summary)
            .WithDescription("The id of an open alarm, or site:asset:rule for whichever alarm of that rule, also one that isn't raised.")
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

    private static async Task<IResult> HistoryAsync(IHistoryStore store, TransitionQuery query, Func<AlarmTransition, bool> wanted, string? cursor, CancellationToken cancellationToken)
    {
        if (!TransitionPager.TryBegin(cursor, ref query, out int skip))
        {
            return Problems.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["cursor"] = ["cursor must be the 'next' of an answer of this list."] });
        }

        try
        {
            var (items, next) = await TransitionPager.ReadAsync(store, query, skip, wanted, int.MaxValue, cancellationToken);
            return TypedResults.Ok(new Listing<AlarmItem>([.. items.Select(Mapping.Alarm)], next));
        }
        catch (StoreException e)
        {
            return Problems.StoreAway(e.Message);
        }
    }
}
