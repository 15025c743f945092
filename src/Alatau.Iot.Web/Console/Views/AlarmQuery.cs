using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Web.Api;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>What the page of alarms shows. Unreadable parts of a query are left out, as a bookmark may be old, and named, so that nobody takes the whole for a part.</summary>
/// <param name="IsAside">The alarms that were put aside instead of those an operator works on.</param>
/// <param name="State">Only in this state; it always fits <paramref name="IsAside"/>.</param>
/// <param name="Least">Only this severity and above.</param>
/// <param name="Text">In title, rule, reason or asset, without regard to case.</param>
/// <param name="Page">From 1.</param>
/// <param name="Unread">Parts that mean nothing, as sentences.</param>
public sealed record AlarmQuery(bool IsAside, AlarmState? State, AlarmSeverity? Least, string? Site, string? Text, int Page, IReadOnlyList<string> Unread)
{
    public const string Path = "/alarms";

    /// <summary>States of the present list, in the order of the filter.</summary>
    public IReadOnlyList<AlarmState> States => IsAside
        ? [AlarmState.Shelved, AlarmState.SuppressedByDesign, AlarmState.OutOfService]
        : [AlarmState.Unacknowledged, AlarmState.ReturnedUnacknowledged, AlarmState.Acknowledged];

    public bool IsFiltered => State is not null || Least is not null || Site is not null || Text is not null;

    public static AlarmQuery From(IQueryCollection query)
    {
        var part = new QueryParts(query);
        var state = part.Word<AlarmState>("state");
        bool isAside = query["show"] == "aside" || state is AlarmState.Shelved or AlarmState.SuppressedByDesign or AlarmState.OutOfService;
        var found = new AlarmQuery(isAside, state, part.Word<AlarmSeverity>("severity"), part.Site(), part.Text(), part.Page(), part.Unread);
        return found.State is { } wanted && !found.States.Contains(wanted) ? found with { State = null } : found;
    }

    public bool Takes(AlarmState state) => (state is AlarmState.Shelved or AlarmState.SuppressedByDesign or AlarmState.OutOfService) == IsAside && (State is null || state == State);

    public string Href => Path + ToQueryString();

    /// <summary>The other list, with the same filter but the state.</summary>
    public string HrefOf(bool isAside) => (this with { IsAside = isAside, State = null, Page = 1 }).Href;

    /// <summary>The same list with another state; null for all.</summary>
    public string HrefOf(AlarmState? state) => (this with { State = state, Page = 1 }).Href;

    /// <summary>As a query string with its question mark; empty when nothing is filtered.</summary>
    public string ToQueryString() => QueryParts.Join(
        ("show", IsAside ? "aside" : null),
        ("state", State is { } state ? Words.Of(state) : null),
        ("severity", Least is { } least ? Words.Of(least) : null),
        ("site", Site),
        ("q", Text),
        ("page", Page > 1 ? Page.ToString(CultureInfo.InvariantCulture) : null));
}
