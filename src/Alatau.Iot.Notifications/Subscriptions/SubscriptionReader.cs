using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>Reads and validates a subscription, from <c>devices/subscriptions/&lt;name&gt;.json</c> or from the API; reports every fault, returns null when there was one.</summary>
/// <param name="places">What a scope may name.</param>
/// <param name="means">The ways to notify.</param>
public sealed class SubscriptionReader(SubscriptionPlaces places, IReadOnlyList<NotificationMeans> means)
{
    private const int DefaultReminders = 24;
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(7);

    /// <param name="name">Name of the subscription: its file's name.</param>
    /// <param name="file">The file, as the person would name it.</param>
    /// <param name="utf8">Its content.</param>
    /// <param name="mayHoldSecrets">True for a subscription that the platform keeps by itself.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public Subscription? Read(string name, string file, ReadOnlyMemory<byte> utf8, bool mayHoldSecrets, FileFaults faults)
    {
        int before = faults.All.Count;
        var root = FileNode.Parse(file, utf8, faults);
        if (root is null)
        {
            return null;
        }

        if (!IsName(name))
        {
            root.Fault($"'{name}' can't name a subscription", "Use lower case letters, digits and dashes, at most 64");
        }

        string? title = root.Text("title");
        var scope = root.Child("scope") is { } node ? ScopeReader.Read(node, places) : SubscriptionScope.All;
        var targets = ReadTargets(root, mayHoldSecrets, "This subscription goes nowhere");
        var zone = HoursReader.Zone(root, places.TimeZone);
        var schedule = root.Child("schedule") is { } hours ? ReadHours(hours, zone) : null;
        var quiet = root.Child("quietHours") is { } quietNode ? ReadQuiet(quietNode, zone) : null;
        var digest = root.Child("digest") is { } digestNode ? ReadDigest(digestNode, zone) : null;
        var repeat = root.Child("repeat") is { } repeatNode ? ReadRepeat(repeatNode) : null;
        var escalation = ReadEscalation(root, mayHoldSecrets);
        var limit = root.Child("rateLimit") is { } limitNode ? ReadLimit(limitNode) : null;
        root.ReportUnknown();
        if ((repeat is not null || escalation.Count > 0) && !scope.Steps.Contains(AlarmStep.Raised) && scope.Steps.Count > 0)
        {
            root.FaultAt("scope.steps", "Nobody can be reminded of alarms that were never told", "Add raised to the steps, or remove repeat and escalation");
        }

        if (quiet is not null && quiet.Except is null && quiet.Hours.EndOf(Core.Time.Instant.EarliestPlausible) == Core.Time.Instant.MaxValue)
        {
            root.FaultAt("quietHours", "These hours never end: nothing would ever be told", "Leave some time between to and from");
        }

        return faults.All.Count > before
            ? null
            : new Subscription(name, scope, targets)
            {
                Title = title ?? "", Schedule = schedule, QuietHours = quiet, Digest = digest, Repeat = repeat, Escalation = escalation, RateLimit = limit,
            };
    }

    public static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-';

    private static WeeklyHours? ReadHours(FileNode node, TimeZoneInfo? zone)
    {
        var hours = HoursReader.Hours(node, zone);
        node.ReportUnknown();
        return hours;
    }

    private static QuietHours? ReadQuiet(FileNode node, TimeZoneInfo? zone)
    {
        var except = node.Choice<AlarmSeverity>("except");
        var hours = ReadHours(node, zone);
        return hours is null ? null : new QuietHours(hours, except);
    }

    private static Digest? ReadDigest(FileNode node, TimeZoneInfo? zone)
    {
        var every = Span(node, "every", required: false);
        var times = node.Items("at").Select(item =>
        {
            var time = HoursReader.Parse(item.Element.ToString());
            if (time is null)
            {
                item.Fault($"'{item.Element}' is no time of day", "Write it as 07:30");
            }

            return time;
        }).OfType<TimeOnly>().ToArray();
        var except = node.Choice<AlarmSeverity>("except");
        node.ReportUnknown();
        if (node.Has("every") == node.Has("at"))
        {
            node.Fault("A digest needs to know when", "Write either every, such as 15m, or at, such as [\"07:00\"]");
            return null;
        }

        return zone is null || (every is null && times.Length == 0) ? null : new Digest(every, times, zone, except);
    }

    private static Repeat? ReadRepeat(FileNode node)
    {
        var every = Span(node, "every", required: true);
        double most = node.Number("most", 1, 10_000) ?? DefaultReminders;
        node.ReportUnknown();
        return every is null ? null : new Repeat(every.Value, (int)most);
    }

    private static RateLimit? ReadLimit(FileNode node)
    {
        double? most = node.Number("most", 1, 10_000, required: true);
        var per = Span(node, "per", required: true);
        node.ReportUnknown();
        return most is null || per is null ? null : new RateLimit((int)most.Value, per.Value);
    }

    private static TimeSpan? Span(FileNode node, string name, bool required)
    {
        var span = node.Duration(name, required);
        if (span is { } given && (given < s_shortest || given > s_longest))
        {
            node.FaultAt(name, "Must be from 1s to 7d", "Correct the value");
            return null;
        }

        return span;
    }

    private List<EscalationStep> ReadEscalation(FileNode root, bool mayHoldSecrets)
    {
        var steps = new List<EscalationStep>();
        foreach (var node in root.Items("escalation"))
        {
            var after = Span(node, "after", required: true);
            var targets = ReadTargets(node, mayHoldSecrets, "This step goes nowhere");
            node.ReportUnknown();
            if (after is { } span && steps.Count > 0 && span <= steps[^1].After)
            {
                node.FaultAt("after", "Each step comes later than the one before it; all are counted from the first telling", $"Write more than {SpanText.Of(steps[^1].After)}");
            }

            steps.Add(new EscalationStep(after ?? s_shortest, targets));
        }

        return steps;
    }

    private List<SubscriptionTarget> ReadTargets(FileNode node, bool mayHoldSecrets, string nowhere)
    {
        var targets = new List<SubscriptionTarget>();
        var items = node.Items("targets");
        foreach (var item in items)
        {
            var named = means.Where(m => item.Has(m.Name)).ToArray();
            if (named.Length != 1)
            {
                item.Fault("A target needs exactly one means", $"Write one of: {string.Join(", ", means.Select(m => m.Name))}");
            }
            else if (named[0].Read(item.Child(named[0].Name)!, mayHoldSecrets) is { } target)
            {
                if (targets.Any(t => t.Means == target.Means && t.Address == target.Address))
                {
                    item.Fault($"{target.Address} stands here twice", "Keep it once");
                }

                targets.Add(target);
            }

            item.ReportUnknown();
        }

        if (items.Count == 0 && !(node.Has("targets") && node.Element.GetProperty("targets").ValueKind != System.Text.Json.JsonValueKind.Array))
        {
            node.FaultAt("targets", nowhere, $"Add at least one target: {{\"{means[0].Name}\": ...}}");
        }

        return targets;
    }
}
