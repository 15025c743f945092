using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Says for people which limit was passed, or is passed no more.</summary>
internal static class LimitSentence
{
    /// <param name="readings">Of a frozen value: how many didn't change.</param>
    public static string Beyond(MeasurandCatalog catalog, AlarmSource source, AlarmWatcher watcher, in Sight sight, double limit, int readings)
    {
        var measurand = catalog[source.Measurand];
        if (source.Condition is FrozenCondition)
        {
            return $"{measurand.Name} has been {AlarmSentence.Quantity(sight.Reading, measurand.Unit)} for {AlarmSentence.Span(TimeSpan.FromMilliseconds(sight.Value))}, in {readings.ToString(System.Globalization.CultureInfo.InvariantCulture)} readings";
        }

        string unit = UnitOf(catalog, source.Condition);
        string delay = watcher.Rung.OnDelay > TimeSpan.Zero ? $" for {AlarmSentence.Span(watcher.Rung.OnDelay)}" : "";
        return $"{Subject(measurand, source, in sight, unit)} is at or {(watcher.IsHigh ? "above" : "below")} {AlarmSentence.Quantity(limit, unit)}{delay}";
    }

    public static string Inside(MeasurandCatalog catalog, AlarmSource source, AlarmWatcher watcher, in Sight sight, double limit, double deadband)
    {
        var measurand = catalog[source.Measurand];
        if (source.Condition is FrozenCondition)
        {
            return $"{measurand.Name} moves again: {AlarmSentence.Quantity(sight.Reading, measurand.Unit)}";
        }

        string unit = UnitOf(catalog, source.Condition);
        string delay = watcher.Rung.OffDelay > TimeSpan.Zero ? $" for {AlarmSentence.Span(watcher.Rung.OffDelay)}" : "";
        double clearedAt = watcher.IsHigh ? limit - deadband : limit + deadband;
        return $"{Subject(measurand, source, in sight, unit)} is {(watcher.IsHigh ? "below" : "above")} {AlarmSentence.Quantity(clearedAt, unit)} again{delay}";
    }

    /// <summary>A window that came out otherwise before.</summary>
    public static string Corrected(MeasurandCatalog catalog, AlarmSource source, in Sight sight) =>
        $"{Subject(catalog[source.Measurand], source, in sight, UnitOf(catalog, source.Condition))} came of a correction";

    public static string OutsideHours(AlarmSource source) => $"outside the rule's hours, {source.Hours?.Text}";

    private static string Subject(Measurand measurand, AlarmSource source, in Sight sight, string unit) => source.Condition switch
    {
        RateCondition rate => $"{measurand.Name} {Verb(rate.Direction)} by {AlarmSentence.Quantity(sight.Value, unit)} within {AlarmSentence.Span(rate.Per)}, which",
        WindowCondition window => $"{Name(window.Statistic)} of {measurand.Name} in the {window.Span.ShortName()} up to {sight.At}, {AlarmSentence.Quantity(sight.Value, unit)},",
        _ => $"{measurand.Name} {AlarmSentence.Quantity(sight.Value, unit)}",
    };

    private static string Name(WindowStatistic statistic)
    {
        string name = statistic.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static string Verb(RateDirection direction) => direction switch
    {
        RateDirection.Rise => "rose",
        RateDirection.Fall => "fell",
        _ => "changed",
    };

    /// <summary>Differences of temperatures are kelvins.</summary>
    private static string UnitOf(MeasurandCatalog catalog, LimitCondition condition) =>
        condition.ValueUnit(catalog) is var unit && unit == "degC" && condition is RateCondition ? "K" : unit;
}
