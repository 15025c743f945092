using System.Collections.Frozen;
using System.Globalization;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Files;

/// <summary>Reads days, times of day and time zones out of a file.</summary>
public static class HoursReader
{
    private static readonly FrozenSet<DayOfWeek> s_everyDay = Enum.GetValues<DayOfWeek>().ToFrozenSet();

    /// <summary>The zone named at <c>timeZone</c>, or the one that is used when none is named; null when it isn't known.</summary>
    public static TimeZoneInfo? Zone(FileNode node, string absent)
    {
        string name = node.Text("timeZone") ?? absent;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            return zone;
        }

        node.FaultAt("timeZone", $"'{name}' is no time zone of this machine", "Write an IANA name such as Asia/Almaty; install tzdata if it is one");
        return null;
    }

    /// <summary>Hours at a node: <c>days</c>, <c>from</c> and <c>to</c>, or a list of such under <c>hours</c>.</summary>
    public static WeeklyHours? Hours(FileNode node, TimeZoneInfo? zone)
    {
        IReadOnlyList<WeeklyStretch?> stretches;
        if (node.Has("hours"))
        {
            stretches = [.. node.Items("hours").Select(item =>
            {
                var stretch = Stretch(item);
                item.ReportUnknown();
                return stretch;
            })];
            if (stretches.Count == 0)
            {
                node.FaultAt("hours", "Holds no hours", "Add at least one, with from and to");
            }
        }
        else
        {
            stretches = [Stretch(node)];
        }

        return zone is null || stretches.Count == 0 || stretches.Contains(null) ? null : new WeeklyHours(zone, [.. stretches.OfType<WeeklyStretch>()]);
    }

    /// <summary>A time of day as <c>07:30</c>; null when it is none.</summary>
    public static TimeOnly? Time(FileNode node, string name)
    {
        string? text = node.Text(name, required: true);
        if (text is null)
        {
            return null;
        }

        if (Parse(text) is { } time)
        {
            return time;
        }

        node.FaultAt(name, $"'{text}' is no time of day", "Write it as 07:30");
        return null;
    }

    /// <summary>A time of day as <c>07:30</c>; <c>24:00</c> is midnight.</summary>
    public static TimeOnly? Parse(string text) =>
        text == "24:00" ? TimeOnly.MinValue : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    private static WeeklyStretch? Stretch(FileNode node)
    {
        var from = Time(node, "from");
        var to = Time(node, "to");
        var days = new HashSet<DayOfWeek>();
        foreach (var item in node.Items("days"))
        {
            string text = item.Element.ToString();
            var day = Array.Find(Enum.GetValues<DayOfWeek>(), d => string.Equals(d.ToString()[..3], text, StringComparison.OrdinalIgnoreCase));
            if (string.Equals(day.ToString()[..3], text, StringComparison.OrdinalIgnoreCase))
            {
                days.Add(day);
            }
            else
            {
                item.Fault($"'{text}' is no day", "Write one of: mon, tue, wed, thu, fri, sat, sun");
            }
        }

        if (node.Has("days") && days.Count == 0)
        {
            node.FaultAt("days", "Names no day", "Name at least one, or leave days out for every day");
        }

        return from is null || to is null ? null : new WeeklyStretch(days.Count == 0 ? s_everyDay : days.ToFrozenSet(), from.Value, to.Value);
    }
}
