using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Console.Plots;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Makes the page of one alarm, open or over.</summary>
internal sealed class AlarmDetailReader(
    AlarmBook book, AlarmReader alarms, AlarmHistoryReader history, SubscriptionsReader subscriptions, AssetDirectory assets, IAssetRuntime runtime, MeasurandCatalog catalog, AssetPlots plots, Sites sites, TimeProvider clock)
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    private readonly MainMeasurand _main = new(catalog);

    /// <summary>What an id says: <c>site:asset:rule:raisedAt</c>.</summary>
    public static bool TryParse(string id, out AssetId asset, out Instant raisedAt)
    {
        string[] parts = id.Split(':');
        asset = default;
        raisedAt = default;
        if (parts.Length != 4 || !AssetId.TryOf(parts[0], parts[1], out asset) || !long.TryParse(parts[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long at) || Math.Abs(at) > 8_000_000_000_000)
        {
            return false;
        }

        raisedAt = new Instant(at);
        return true;
    }

    /// <param name="id">The alarm.</param>
    /// <param name="hour"><c>last</c> or <c>raised</c>; anything else chooses by whether it is open.</param>
    /// <param name="withPlot">Also what needs the store: the plot.</param>
    /// <param name="cancellationToken">The page was left.</param>
    /// <returns>Null when there is no such alarm.</returns>
    public async Task<AlarmDetailView?> ReadAsync(string id, string? hour, bool withPlot, CancellationToken cancellationToken)
    {
        if (!TryParse(id, out var assetId, out var raisedAt))
        {
            return null;
        }

        var steps = await history.StepsAsync(assetId, id, raisedAt, cancellationToken);
        var open = book.Find(id);
        if ((open?.Last ?? (steps.Count > 0 ? steps[^1] : null)) is not { } last)
        {
            return null;
        }

        var now = Instant.Now(clock);
        var site = sites.Of(assetId.Site);
        var snapshot = assets.TryFind(assetId, out var handle) ? await runtime.GetAsync(handle, cancellationToken) : null;
        var rule = alarms.RuleOf(last.Rule);
        string cause = open?.Cause ?? steps[0].Why;
        bool isOpen = last.To != AlarmState.Normal;
        bool isLastHour = hour == "last" || (hour != "raised" && isOpen);
        var plotted = Plotted(rule, cause, handle, snapshot);
        (Plot? plot, string? problem) = (null, null);
        if (withPlot && snapshot is not null && plotted is not null)
        {
            var from = isLastHour || raisedAt + (s_hour / 2) > now ? now - s_hour : raisedAt - (s_hour / 2);
            (plot, problem) = await plots.HourAsync(assets[handle], plotted, last.Rule, isLastHour ? "last hour" : "around the raising", from, site.TimeZone, Marks(steps), cancellationToken);
        }

        return new AlarmDetailView(
            id,
            new AlarmMark(Words.Of(last.Severity), open?.NeedsAcknowledgement ?? false, $"{last.Severity} alarm, {AlarmReader.StateText(last.To)}: {last.Title}"),
            last.Title,
            last.To,
            StateText(last, site, now, snapshot?.Alarms.FirstOrDefault(a => a.AlarmId == id)?.ShelvedUntil),
            alarms.NameOf(assetId),
            AlarmReader.Href(assetId),
            assetId.Site,
            site.DisplayName,
            isOpen ? raisedAt.UnixMilliseconds : null,
            isOpen ? Figure.Age(now - raisedAt) : "",
            isOpen ? "" : Figure.Age(last.At - raisedAt),
            Facts(last, rule, plotted, handle, snapshot, raisedAt, site),
            cause,
            rule?.Advice ?? "",
            [.. AlarmDeed.Of(last.To)],
            [.. steps.Select(t => history.Row(t, now))],
            subscriptions.DeliveriesOf(id, now),
            plotted is null ? "" : Names.Of(plotted),
            plot,
            problem,
            isLastHour) { Outage = alarms.Outage(assetId, last.Rule, now) };
    }

    private static string StateText(AlarmTransition last, Site site, Instant now, Instant? shelvedUntil)
    {
        string by = last.By == AlarmReader.Platform ? "" : " by " + last.By;
        string at = LocalTime.Of(last.At, site.TimeZone, now);
        return last.To switch
        {
            AlarmState.Normal => $"Over since {at}{(by.Length > 0 ? ", acknowledged" + by : "")}",
            AlarmState.Unacknowledged => "Active, not acknowledged",
            AlarmState.ReturnedUnacknowledged => $"Returned to normal at {at}, not acknowledged",
            AlarmState.Acknowledged => $"Active, acknowledged{by} at {at}",
            AlarmState.Shelved => $"Shelved{by} at {at}{(shelvedUntil is { } until ? $", comes back at {LocalTime.Of(until, site.TimeZone, now)}" : "")}",
            AlarmState.SuppressedByDesign => $"Suppressed{by} since {at}",
            _ => $"Out of service{by} since {at}",
        };
    }

    private static List<PlotMark> Marks(IReadOnlyList<AlarmTransition> steps) =>
        [.. steps.Where(t => t.To is AlarmState.Unacknowledged or AlarmState.ReturnedUnacknowledged or AlarmState.Normal).Select(t => new PlotMark(t.At.UnixMilliseconds, AlarmReader.StepText(t)))];

    private List<(string Name, string Text)> Facts(AlarmTransition last, AlarmRule? rule, Measurand? plotted, AssetHandle handle, AssetSnapshot? snapshot, Instant raisedAt, Site site)
    {
        var facts = new List<(string Name, string Text)> { ("Severity", Words.Of(last.Severity)), ("Raised", LocalTime.Full(raisedAt, site.TimeZone)) };
        if (snapshot is not null && plotted is not null)
        {
            if (rule?.Condition is LimitCondition { ComparesValues: true })
            {
                facts.AddRange(alarms.LimitsOf(assets[handle], plotted).Where(l => l.Rule.Name == last.Rule).Select(l => ("Limit", Figure.Of(l.At, plotted.Unit).ToString())));
            }

            facts.AddRange(snapshot.Values.Where(v => v.Measurand == plotted.Id).Select(v => ("Now", Figure.Of(v.Value, plotted.Unit).ToString())));
        }

        facts.Add(("Rule", rule is null ? last.Rule + " (taken away since)" : last.Rule));
        return facts;
    }

    /// <summary>What to draw: the measurand that the alarm is about, of several phases the one its cause names; for silence the asset's main one.</summary>
    private Measurand? Plotted(AlarmRule? rule, string cause, AssetHandle handle, AssetSnapshot? snapshot)
    {
        if (snapshot is null)
        {
            return null;
        }

        var values = snapshot.Values;
        if (rule?.Condition is LimitCondition limits)
        {
            string name = catalog[limits.Measurand].Name;
            var judged = values.Select(v => catalog[v.Measurand]).Where(m => m.Id == limits.Measurand || m.BaseName == name).ToArray();
            return judged.FirstOrDefault(m => cause.Contains(m.Name + " ", StringComparison.Ordinal)) ?? judged.FirstOrDefault();
        }

        return _main.Of(assets[handle].Kind, values) is { } main ? catalog[main.Measurand] : null;
    }
}
