using System.Text.Json;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Reads the limits of a condition: one (<c>high</c> or <c>low</c>, <c>deadband</c>, <c>onDelay</c>, <c>offDelay</c>, <c>during</c>), or a <c>ladder</c> of them with a severity each.</summary>
internal static class AlarmLimitReader
{
    private const int FewestRungs = 2;
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromDays(1);

    /// <summary>What a file says of limits before the measurand is known: which side, and whether it is a ladder.</summary>
    /// <returns>True for upper limits; null when that isn't said, which was reported.</returns>
    public static bool? Side(FileNode node, bool onlyHigh)
    {
        if (!node.Has("ladder"))
        {
            return SideOf(node, onlyHigh);
        }

        if (node.Has("high") || node.Has("low") || node.Has("during"))
        {
            node.FaultAt("ladder", "Stands beside a limit of its own", "Write the limits into the ladder; deadband, onDelay and offDelay beside it hold for all its limits");
            return null;
        }

        bool? side = null;
        var items = node.Items("ladder");
        for (int i = 0; i < items.Count; i++)
        {
            var own = SideOf(items[i], onlyHigh);
            if (i > 0 && own is not null && side is not null && own != side)
            {
                items[i].Fault("High and low are mixed", "Write limits of one side; a rule for both sides is two rules");
            }

            side ??= own;
        }

        if (items.Count < FewestRungs && node.Element.GetProperty("ladder").ValueKind == JsonValueKind.Array)
        {
            node.FaultAt("ladder", "Has fewer than two limits", "Add one, or write a single limit without a ladder");
        }

        return side;
    }

    /// <summary>The limits, the mildest first; null when something is wrong with them.</summary>
    public static IReadOnlyList<AlarmRung>? Read(FileNode node, LimitScale scale, bool isHigh)
    {
        var deadband = Quantity(node, "deadband", scale, isDifference: true) ?? scale.Difference(0);
        var onDelay = Delay(node, "onDelay");
        var offDelay = Delay(node, "offDelay");
        if (!node.Has("ladder"))
        {
            return ReadRung(node, scale, isHigh, null, deadband, onDelay, offDelay) is { } only ? [only] : null;
        }

        var rungs = new List<AlarmRung>();
        var items = node.Items("ladder");
        foreach (var item in items)
        {
            var severity = item.Choice<AlarmSeverity>("severity", required: true);
            var own = Quantity(item, "deadband", scale, isDifference: true) ?? deadband;
            var on = item.Has("onDelay") ? Delay(item, "onDelay") : onDelay;
            var off = item.Has("offDelay") ? Delay(item, "offDelay") : offDelay;
            var rung = ReadRung(item, scale, isHigh, severity, own, on, off);
            SideIsAsked(item, scale.IsDifference);
            item.ReportUnknown();
            if (rung is not null && rungs.Count > 0)
            {
                CheckOrder(item, rungs[^1], rung, isHigh);
            }

            if (rung is not null)
            {
                rungs.Add(rung);
            }
        }

        return rungs.Count == items.Count ? rungs : null;
    }

    /// <summary>Hours in which a rule is judged; empty for always.</summary>
    public static IReadOnlyList<WeeklyStretch> Schedule(FileNode node)
    {
        if (node.Child("schedule") is not { } schedule)
        {
            return [];
        }

        var hours = HoursReader.Hours(schedule, TimeZoneInfo.Utc);
        schedule.ReportUnknown();
        return hours?.Stretches ?? [];
    }

    private static bool? SideOf(FileNode node, bool onlyHigh)
    {
        bool high = node.Has("high");
        bool low = !onlyHigh && node.Has("low");
        if (high == low)
        {
            node.Fault("Needs exactly one limit", onlyHigh ? "Write high" : "Write either high or low; a rule for both sides is two rules");
            return null;
        }

        return high;
    }

    private static void SideIsAsked(FileNode node, bool onlyHigh) => _ = node.Has("high") | (!onlyHigh && node.Has("low"));

    private static AlarmRung? ReadRung(FileNode node, LimitScale scale, bool isHigh, AlarmSeverity? severity, AlarmQuantity deadband, TimeSpan onDelay, TimeSpan offDelay)
    {
        string side = isHigh ? "high" : "low";
        var during = new List<AlarmRungHours>();
        foreach (var item in node.Items("during"))
        {
            var hours = HoursReader.Hours(item, TimeZoneInfo.Utc);
            var at = Quantity(item, side, scale, isDifference: scale.IsDifference);
            if (!item.Has(side))
            {
                item.FaultAt(side, "Missing", "Write the limit that holds during these hours");
            }

            item.ReportUnknown();
            if (hours is not null && at is not null)
            {
                during.Add(new AlarmRungHours(hours.Stretches, at.Value));
            }
        }

        return Quantity(node, side, scale, isDifference: scale.IsDifference) is { } limit ? new AlarmRung(severity, limit, deadband, onDelay, offDelay) { During = during } : null;
    }

    private static void CheckOrder(FileNode node, AlarmRung milder, AlarmRung rung, bool isHigh)
    {
        if (rung.Severity <= milder.Severity)
        {
            node.FaultAt("severity", $"The ladder doesn't climb: {Word(rung.Severity)} comes after {Word(milder.Severity)}", "Order the limits from the mildest to the most severe, each severity once");
        }

        string side = isHigh ? "high" : "low";
        if (rung.At.Attribute != milder.At.Attribute)
        {
            node.FaultAt(side, "Can't be compared with the limit before it", "Write all limits of a ladder as numbers, or as shares of one attribute");
        }
        else if (isHigh ? rung.At.Number <= milder.At.Number : rung.At.Number >= milder.At.Number)
        {
            node.FaultAt(side, "Lies not beyond the limit before it", $"Order the ladder: each limit {(isHigh ? "higher" : "lower")} than the one before");
        }
    }

    private static TimeSpan Delay(FileNode node, string name)
    {
        var delay = node.Duration(name) ?? TimeSpan.Zero;
        if (delay > s_longestDelay)
        {
            node.FaultAt(name, "An alarm may wait a day at most", "Write at most 24h");
        }

        return delay;
    }

    /// <summary>A limit or deadband: a number in the condition's unit, or <c>{"attribute", "factor", "unit"}</c>. Null when absent or faulty.</summary>
    private static AlarmQuantity? Quantity(FileNode node, string name, LimitScale scale, bool isDifference)
    {
        if (!node.Has(name))
        {
            return null;
        }

        if (node.Element.GetProperty(name).ValueKind == JsonValueKind.Object)
        {
            return Share(node.Child(name)!, scale);
        }

        if ((isDifference ? node.Number(name, 0) : node.Number(name)) is not { } number)
        {
            return null;
        }

        if (isDifference)
        {
            return scale.Difference(number);
        }

        var limit = scale.Limit(number);
        if (!scale.Reaches(limit))
        {
            node.FaultAt(name, $"{scale.Subject} never reaches this: its valid range is {FormattableString.Invariant($"{scale.Minimum} to {scale.Maximum}")}{(scale.Unit == "1" ? "" : " " + scale.Unit)}", "Correct the limit or its unit");
        }

        return limit;
    }

    private static AlarmQuantity? Share(FileNode node, LimitScale scale)
    {
        string? attribute = node.Text("attribute", required: true);
        double? factor = node.Has("factor") ? node.Number("factor") : 1;
        string? unit = node.Text("unit");
        node.ReportUnknown();
        if (factor is <= 0)
        {
            node.FaultAt("factor", "Must be more than 0", "Write 1.1 for 110 %");
        }

        if (attribute == AlarmQuantity.RatedPower)
        {
            if (unit is not null)
            {
                node.FaultAt("unit", "The rated power is in W", "Remove it");
            }

            unit = "W";
        }

        if (!UnitTable.TryConvert(unit ?? scale.Unit, scale.Unit, out _, out _))
        {
            string what = attribute == AlarmQuantity.RatedPower ? "the rated power in W" : $"an attribute in {unit}";
            node.FaultAt("attribute", $"{scale.Subject} is measured in {scale.Unit} and can't be compared with {what}", $"Name an attribute in {scale.Unit}, or a unit that converts to it");
            return null;
        }

        return attribute is null || factor is not { } share ? null : new AlarmQuantity(share, attribute, unit ?? scale.Unit, scale.Unit);
    }

    private static string Word(AlarmSeverity? severity)
    {
        string name = severity?.ToString() ?? "nothing";
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
