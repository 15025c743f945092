using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Reads the <c>condition</c> of a rule by its <c>type</c>.</summary>
internal sealed class AlarmConditionReader(MeasurandCatalog catalog)
{
    private const int FewestFrozen = 3;
    private static readonly TimeSpan s_longestLook = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_longestFrozen = TimeSpan.FromDays(31);

    /// <summary>Null when something is wrong, which was reported.</summary>
    public AlarmCondition? Read(FileNode node)
    {
        string? type = node.Text("type", required: true);
        AlarmCondition? condition;
        switch (type)
        {
            case "threshold":
                condition = ReadThreshold(node);
                break;
            case "rate":
                condition = ReadRate(node);
                break;
            case "frozen":
                condition = ReadFrozen(node);
                break;
            case "window":
                condition = ReadWindow(node);
                break;
            case "silence":
                condition = ReadSilence(node);
                break;
            case "outage":
                condition = OutageConditionReader.Read(node, isConnection: false);
                break;
            case "connection":
                condition = OutageConditionReader.Read(node, isConnection: true);
                break;
            case not null:
                node.FaultAt("type", $"'{type}' is not known here", "Write one of: threshold, rate, frozen, window, silence, outage, connection");
                return null;
            default:
                return null;
        }

        node.ReportUnknown();
        return condition;
    }

    private static SilenceCondition? ReadSilence(FileNode node)
    {
        var after = node.Duration("after");
        if (after is { } span && span < TimeSpan.FromSeconds(1))
        {
            node.FaultAt("after", "Nobody is silent before a second has passed", "Write at least 1s, better three times the reporting interval");
            return null;
        }

        return new SilenceCondition(after);
    }

    private ThresholdCondition? ReadThreshold(FileNode node)
    {
        var subject = ReadSubject(node);
        string? of = node.Text("of");
        bool? side = AlarmLimitReader.Side(node, onlyHigh: false);
        var hours = AlarmLimitReader.Schedule(node);
        if (subject.Measurand is not { } measurand)
        {
            Ask(node, onlyHigh: false);
            return null;
        }

        double scale = 1;
        double offset = 0;
        if (of is not null)
        {
            CheckShare(node, of, subject.Unit, measurand);
        }
        else
        {
            Convert(node, subject.Unit, measurand, out scale, out offset);
        }

        var rungs = AlarmLimitReader.Read(node, LimitScale.Of(measurand, scale, offset) with { IsShareOfRating = of is not null }, side ?? true);
        if (side is null || rungs is null || rungs.Count == 0)
        {
            return null;
        }

        var first = rungs[0];
        bool isPlain = rungs is [{ OffDelay.Ticks: 0, During.Count: 0, Deadband: var deadband, At: var at }]
            && (of is not null || (at.Attribute is null && deadband.Attribute is null));
        return new ThresholdCondition(measurand.Id, side.Value, first.At.Number, first.Deadband.Number, first.OnDelay)
        {
            IsShareOfRating = of is not null,
            IncludesPhases = subject.Phases,
            Hours = hours,
            Ladder = isPlain ? [] : rungs,
        };
    }

    private RateCondition? ReadRate(FileNode node)
    {
        var subject = ReadSubject(node);
        var per = ReadSpan(node, "per", s_longestLook, "A rate looks back a day at most");
        var direction = node.Choice<RateDirection>("direction") ?? RateDirection.Either;
        bool? side = AlarmLimitReader.Side(node, onlyHigh: true);
        var hours = AlarmLimitReader.Schedule(node);
        if (subject.Measurand is not { } measurand)
        {
            Ask(node, onlyHigh: true);
            return null;
        }

        Convert(node, subject.Unit, measurand, out double scale, out _);
        var rungs = AlarmLimitReader.Read(node, LimitScale.Of(measurand, scale, 0) with { IsDifference = true }, isHigh: true);
        return side is null || per is not { } span || rungs is null || rungs.Count == 0 ? null
            : new RateCondition(measurand.Id, span, direction, rungs) { IncludesPhases = subject.Phases, Hours = hours };
    }

    private FrozenCondition? ReadFrozen(FileNode node)
    {
        var subject = ReadSubject(node);
        var after = ReadSpan(node, "for", s_longestFrozen, "Longer than 31 days nobody waits for a sensor");
        double? resolution = node.Number("resolution", 0) ?? 0;
        double? readings = node.Number("readings", 2, 1_000_000);
        double? above = node.Number("above", 0);
        var hours = AlarmLimitReader.Schedule(node);
        if (readings is { } whole && whole != Math.Floor(whole))
        {
            node.FaultAt("readings", "Is no whole number", "Write how many readings at least must agree");
        }

        if (subject.Measurand is not { } measurand)
        {
            return null;
        }

        Convert(node, subject.Unit, measurand, out double scale, out _);
        return after is not { } span ? null
            : new FrozenCondition(measurand.Id, resolution.Value * scale, span, (int)(readings ?? FewestFrozen), above * scale) { IncludesPhases = subject.Phases, Hours = hours };
    }

    private WindowCondition? ReadWindow(FileNode node)
    {
        var subject = ReadSubject(node);
        string? spanName = node.Text("window", required: true);
        WindowSpan span = default;
        if (spanName is not null && !WindowSpans.TryParse(spanName, out span))
        {
            node.FaultAt("window", $"There are no windows of '{spanName}'", $"Write one of: {string.Join(", ", WindowSpans.All.ToArray().Select(s => s.ShortName()))}");
            spanName = null;
        }

        var statistic = node.Choice<WindowStatistic>("statistic", required: true);
        double least = node.Number("leastCompleteness", 0, 1) ?? 0;
        bool? side = AlarmLimitReader.Side(node, onlyHigh: false);
        var hours = AlarmLimitReader.Schedule(node);
        if (subject.Measurand is not { } measurand || statistic is not { } number)
        {
            Ask(node, onlyHigh: false);
            return null;
        }

        var rungs = AlarmLimitReader.Read(node, ScaleOf(node, number, measurand, subject.Unit), side ?? true);
        return side is null || spanName is null || rungs is null || rungs.Count == 0 ? null
            : new WindowCondition(measurand.Id, side.Value, span, number, rungs) { IncludesPhases = subject.Phases, Hours = hours, LeastCompleteness = least };
    }

    private static LimitScale ScaleOf(FileNode node, WindowStatistic statistic, Measurand measurand, string? unit)
    {
        string canonical = statistic.UnitOf(measurand);
        string subject = statistic is WindowStatistic.Mean or WindowStatistic.Min or WindowStatistic.Max or WindowStatistic.Last ? measurand.Name : $"{statistic} of {measurand.Name}";
        double scale = 1;
        double offset = 0;
        if (unit is not null && !UnitTable.TryConvert(unit, canonical, out scale, out offset))
        {
            node.FaultAt("unit", $"'{unit}' doesn't fit {subject}, which is measured in {canonical}", $"Write {canonical} or a unit that converts to it");
        }

        if (statistic == WindowStatistic.Delta && measurand.Kind != MeasurandKind.Counter)
        {
            node.FaultAt("statistic", $"{measurand.Name} is no counter and has no delta", "Write one of: mean, min, max, last");
        }

        return statistic switch
        {
            WindowStatistic.Completeness => new LimitScale(subject, canonical, scale, offset, 0, 1),
            WindowStatistic.Count or WindowStatistic.Delta => new LimitScale(subject, canonical, scale, offset, 0, double.MaxValue),
            _ => LimitScale.Of(measurand, scale, offset),
        };
    }

    private (Measurand? Measurand, string? Unit, bool Phases) ReadSubject(FileNode node)
    {
        string? name = node.Text("measurand", required: true);
        bool phases = node.Flag("phases") ?? false;
        string? unit = node.Text("unit");
        if (name is null)
        {
            return (null, unit, phases);
        }

        if (!catalog.TryFind(name, out var id))
        {
            string near = string.Join(", ", catalog.All.Where(m => m.Name == m.BaseName).Select(m => m.Name));
            node.FaultAt("measurand", $"'{name}' is no measurand", $"Write one of: {near}; a phase as suffix, such as voltage.l1");
            return (null, unit, phases);
        }

        var measurand = catalog[id];
        if (phases && measurand.Name != measurand.BaseName)
        {
            node.FaultAt("phases", $"'{name}' is one phase already", $"Write {measurand.BaseName} as measurand, or leave phases out");
        }

        return (measurand, unit, phases);
    }

    /// <summary>Names the members of limits, so that a fault elsewhere doesn't make strangers of them.</summary>
    private static void Ask(FileNode node, bool onlyHigh)
    {
        foreach (string name in (string[])["high", onlyHigh ? "high" : "low", "deadband", "onDelay", "offDelay", "during", "ladder", "schedule"])
        {
            node.Has(name);
        }
    }

    private static TimeSpan? ReadSpan(FileNode node, string name, TimeSpan longest, string tooLong)
    {
        var span = node.Duration(name, required: true);
        if (span is { } value && (value < TimeSpan.FromSeconds(1) || value > longest))
        {
            node.FaultAt(name, value > longest ? tooLong : "Shorter than a second", "Write a span such as 10m or 2h");
            return null;
        }

        return span;
    }

    private static void Convert(FileNode node, string? unit, Measurand measurand, out double scale, out double offset)
    {
        (scale, offset) = (1, 0);
        if (unit is not null && !UnitTable.TryConvert(unit, measurand.Unit, out scale, out offset))
        {
            node.FaultAt("unit", $"'{unit}' doesn't fit {measurand.Name}, which is measured in {measurand.Unit}", $"Write {measurand.Unit} or a unit that converts to it");
        }
    }

    private static void CheckShare(FileNode node, string of, string? unit, Measurand measurand)
    {
        if (of != AlarmQuantity.RatedPower)
        {
            node.FaultAt("of", $"'{of}' is nothing an asset is rated by", $"Write {AlarmQuantity.RatedPower}");
        }

        if (unit is not null)
        {
            node.FaultAt("unit", "A share of the rating has no unit", "Remove it; 1 means 100 %");
        }

        if (measurand.Unit != "W")
        {
            node.FaultAt("measurand", $"{measurand.Name} is measured in {measurand.Unit} and can't be compared with the rated power in W", "Name a measurand in W");
        }
    }
}
