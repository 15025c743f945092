using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Api;
using Alatau.Iot.Web.Live;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Alarms as the console shows them.</summary>
internal sealed class AlarmReader(AlarmBook book, AssetDirectory assets, MeasurandCatalog catalog, IEnumerable<AlarmRule> rules, Sites sites, IEnumerable<IOutageBoard> outages)
{
    /// <summary>Most alarms in a panel; an operator can't read more, and the rest is counted.</summary>
    public const int PanelSize = 60;

    /// <summary>Who makes the steps that no person asked for.</summary>
    public const string Platform = "platform";

    private const int MembersShown = 20;

    private readonly Dictionary<string, AlarmRule> _rules = rules.GroupBy(r => r.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);

    /// <summary>The limits on a measurand's values that hold for an asset, the mildest of a ladder first; a rule on <c>voltage</c> is also drawn for its phases.</summary>
    public IEnumerable<AlarmLimit> LimitsOf(Asset asset, Measurand measurand) => _rules.Values
        .Where(r => r.AppliesTo(asset) && r.Condition is LimitCondition { ComparesValues: true } limit && (limit.Measurand == measurand.Id || catalog[limit.Measurand].Name == measurand.BaseName))
        .SelectMany(r => ((LimitCondition)r.Condition).Rungs.Select(rung => AlarmLimit.Of(r, ((LimitCondition)r.Condition).IsHigh, rung, asset)))
        .OfType<AlarmLimit>();

    /// <summary>The open alarms, those of one asset when it is given. Members of an outage stand in its row; only their own pages show theirs.</summary>
    public IReadOnlyList<AlarmRowView> Open(Instant now, AssetId? asset = null) =>
        [.. book.Open().Where(a => asset is null ? !a.Last.IsQuiet : a.Last.Asset == asset).Take(PanelSize).Select(a => Row(a, now))];

    public int Count => book.Open().Count(a => !a.Last.IsQuiet) + (int)book.Unlisted;

    public static AlarmMark Mark(OpenAlarm alarm) => new(
        Words.Of(alarm.Last.Severity), alarm.NeedsAcknowledgement, $"{alarm.Last.Severity} alarm, {StateText(alarm.Last.To)}: {alarm.Last.Title}");

    public static string StateText(AlarmState state) => state switch
    {
        AlarmState.Normal => "normal",
        AlarmState.Unacknowledged => "not acknowledged",
        AlarmState.Acknowledged => "acknowledged",
        AlarmState.ReturnedUnacknowledged => "returned to normal",
        AlarmState.Shelved => "shelved",
        AlarmState.SuppressedByDesign => "suppressed",
        _ => "out of service",
    };

    /// <summary>Steps to a state, for a filter.</summary>
    public static string StepName(AlarmState to) => to == AlarmState.Unacknowledged ? "raised" : to == AlarmState.Normal ? "over" : StateText(to);

    /// <summary>What a step brought about.</summary>
    public static string StepText(AlarmTransition step) => step.To switch
    {
        AlarmState.Unacknowledged when step.From == AlarmState.Normal => "raised",
        AlarmState.Unacknowledged when step.From is AlarmState.Unacknowledged or AlarmState.Acknowledged => $"now {Words.Of(step.Severity)}",
        AlarmState.Unacknowledged => "active again",
        AlarmState.ReturnedUnacknowledged => "returned to normal",
        _ => StateText(step.To),
    };

    /// <summary>A value of a rule's measurand with its unit; empty when there is none.</summary>
    public string ValueText(string rule, double? value)
    {
        if (value is null)
        {
            return "";
        }

        if (_rules.TryGetValue(rule, out var outage) && outage.Condition is OutageCondition condition)
        {
            return $"{Figure.Count((long)value)} {(condition.IsConnection ? "devices" : "customers")}";
        }

        string unit = _rules.TryGetValue(rule, out var known) && known.Condition is LimitCondition limit ? limit.ValueUnit(catalog) : "1";
        return Figure.Of(value, unit).ToString();
    }

    /// <summary>Whether a text is in the alarm's title, rule, or its asset's id or name.</summary>
    public bool Holds(AlarmTransition step, string text) =>
        step.Title.Contains(text, StringComparison.OrdinalIgnoreCase)
        || step.Rule.Contains(text, StringComparison.OrdinalIgnoreCase)
        || step.Asset.ToString().Contains(text, StringComparison.OrdinalIgnoreCase)
        || NameOf(step.Asset).Contains(text, StringComparison.OrdinalIgnoreCase);

    /// <summary>What an operator calls an asset.</summary>
    public string NameOf(AssetId asset) => assets.TryFind(asset, out var handle) ? assets[handle].DisplayName : asset.Name;

    /// <summary>The rule of that name; null when it was taken away.</summary>
    public AlarmRule? RuleOf(string name) => _rules.GetValueOrDefault(name);

    /// <param name="shelvedUntil">When it comes back by itself; null when it doesn't.</param>
    public AlarmRowView Row(OpenAlarm alarm, Instant now, Instant? shelvedUntil = null)
    {
        var last = alarm.Last;
        string name = NameOf(last.Asset);
        var site = sites.Of(last.Asset.Site);
        return new AlarmRowView(
            "x" + last.AlarmId,
            last.AlarmId,
            Mark(alarm),
            last.Title,
            Href(last.AlarmId),
            $"{name}, {site.DisplayName}",
            Href(last.Asset),
            last.To == AlarmState.Unacknowledged ? "" : StateText(last.To),
            ValueText(last.Rule, alarm.Value),
            alarm.Cause,
            last.RaisedAt.UnixMilliseconds,
            Figure.Age(now - last.RaisedAt),
            alarm.NeedsAcknowledgement)
        {
            Asset = name,
            Site = site.DisplayName,
            Raised = LocalTime.Of(last.RaisedAt, site.TimeZone, now),
            By = last.By == Platform ? "" : last.By,
            Why = last.Why,
            Outage = Outage(last.Asset, last.Rule, now),
            Until = shelvedUntil is { } until ? LocalTime.Of(until, site.TimeZone, now) : "",
        };
    }

    /// <summary>The outage that an alarm is, while it lasts; null for another alarm.</summary>
    public OutageRowView? Outage(AssetId asset, string rule, Instant now)
    {
        foreach (var board in outages)
        {
            if (board.Open().FirstOrDefault(o => o.Place.Id == asset && o.Place.Rule == rule) is { } open)
            {
                var members = board.SilentMeters(open.Place, MembersShown).Select(m => (assets[m].DisplayName, Href(assets[m].Id))).ToArray();
                string since = LocalTime.Of(open.Start, sites.Of(asset.Site).TimeZone, now);
                string text = open.Place.IsConnection
                    ? $"Gone since {since}: {Figure.Count(open.Silent)} of {Figure.Count(open.Place.MeterCount)} devices reached through it silent, {Figure.Count(open.Worst)} at the worst"
                    : $"No mains since {since}: {Figure.Count(open.Customers)} customers, {Figure.Count(open.Worst)} at the worst; {Figure.Count(open.Silent)} of {Figure.Count(open.Meters)} meters silent";
                return new OutageRowView(text, members, open.Silent - members.Length);
            }
        }

        return null;
    }

    /// <summary>The page of an alarm; an id has no character that needs escaping in a path.</summary>
    public static string Href(string alarmId) => AlarmQuery.Path + "/" + alarmId;

    /// <summary>The page of an asset.</summary>
    public static string Href(AssetId asset) => $"/assets/{asset.Site}/{asset.Name}";
}
