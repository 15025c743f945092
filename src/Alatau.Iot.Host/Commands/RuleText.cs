using System.Globalization;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Host.Commands;

/// <summary>Says a rule's condition in a line.</summary>
internal static class RuleText
{
    public static string Of(AlarmRule rule, MeasurandCatalog catalog) => rule.Condition switch
    {
        SilenceCondition { After: { } after } => $"silent for {Span(after)}",
        SilenceCondition => "silent for three reporting intervals",
        FrozenCondition frozen => $"{Name(frozen, catalog)} unchanged for {Span(frozen.For)}, in {frozen.Readings.ToString(CultureInfo.InvariantCulture)} readings or more{Hours(frozen)}",
        OutageCondition { IsConnection: true } gone => string.Create(CultureInfo.InvariantCulture, $"silent itself; one that never speaks: {gone.Share:P0} of the devices behind it, {gone.AtLeast} or more, gone together"),
        OutageCondition outage => string.Create(CultureInfo.InvariantCulture, $"{outage.Share:P0} of the meters below, {outage.AtLeast} or more, gone within {Span(outage.Within)}"),
        LimitCondition limits => Subject(limits, catalog) + string.Join(", then", limits.Rungs.Select(r => Rung(r, limits, catalog))) + Hours(limits),
        _ => "",
    };

    private static string Subject(LimitCondition condition, MeasurandCatalog catalog) => condition switch
    {
        RateCondition rate => $"{Name(rate, catalog)} changes within {Span(rate.Per)} ({rate.Direction.ToString().ToLowerInvariant()}) by",
        WindowCondition window => $"{window.Statistic.ToString().ToLowerInvariant()} of {Name(window, catalog)} in {window.Span.ShortName()}",
        _ => Name(condition, catalog),
    };

    private static string Name(LimitCondition condition, MeasurandCatalog catalog) => catalog[condition.Measurand].Name + (condition.IncludesPhases ? " (each phase)" : "");

    private static string Rung(AlarmRung rung, LimitCondition condition, MeasurandCatalog catalog)
    {
        string unit = condition.ValueUnit(catalog);
        string severity = rung.Severity is { } own ? $" {own.ToString().ToLowerInvariant()}:" : "";
        string on = rung.OnDelay > TimeSpan.Zero ? $" for {Span(rung.OnDelay)}" : "";
        string off = rung.OffDelay > TimeSpan.Zero ? $", off after {Span(rung.OffDelay)}" : "";
        string during = rung.During.Count > 0 ? string.Concat(rung.During.Select(d => $" ({Quantity(d.At, unit)} on {string.Join(" and ", d.Hours)})")) : "";
        return $"{severity} {(condition.IsHigh ? ">=" : "<=")} {Quantity(rung.At, unit)}{during}{on}{off}";
    }

    private static string Quantity(AlarmQuantity quantity, string unit)
    {
        string number = quantity.Number.ToString("0.###", CultureInfo.InvariantCulture);
        return quantity.Attribute is { } attribute ? $"{number} x {attribute}" : unit == "1" ? number : $"{number} {unit}";
    }

    private static string Hours(LimitCondition condition) => condition.Hours.Count == 0 ? "" : $", on {string.Join(" and ", condition.Hours)}";

    /// <summary>A span in its largest whole unit.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        _ when span.TotalSeconds < 1 => Number(span.TotalMilliseconds, "ms"),
        _ when span < TimeSpan.FromMinutes(2) => Number(span.TotalSeconds, "s"),
        _ when span < TimeSpan.FromHours(2) => Number(span.TotalMinutes, "min"),
        _ when span < TimeSpan.FromDays(2) => Number(span.TotalHours, "h"),
        _ => Number(span.TotalDays, "d"),
    };

    private static string Number(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {unit}");
}
