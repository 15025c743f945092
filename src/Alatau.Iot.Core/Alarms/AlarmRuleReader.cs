using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Reads and validates <c>devices/alarm-rules/&lt;rule&gt;/rule.json</c>; reports every fault, returns null when there was one.</summary>
/// <remarks>
/// <c>condition.type</c> is <c>threshold</c> (<c>measurand</c>, optional <c>phases</c>, optional <c>unit</c> or <c>of: "ratedPower"</c>, one of <c>high</c> and <c>low</c>, <c>deadband</c>, <c>onDelay</c>) or
/// <c>silence</c> (optional <c>after</c>; without it three reporting intervals).
/// </remarks>
public static class AlarmRuleReader
{
    private const string RatedPower = "ratedPower";
    private const string PowerUnit = "W";
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromDays(1);

    /// <param name="name">Name of the rule: its folder's name, kebab-case.</param>
    /// <param name="file">The file, as the person would name it.</param>
    /// <param name="utf8">Its content.</param>
    /// <param name="catalog">Measurands a condition may name.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static AlarmRule? Read(string name, string file, ReadOnlyMemory<byte> utf8, MeasurandCatalog catalog, FileFaults faults)
    {
        int before = faults.All.Count;
        var root = FileNode.Parse(file, utf8, faults);
        if (root is null)
        {
            return null;
        }

        if (!IsName(name))
        {
            root.Fault($"'{name}' can't name a rule", "Name the folder in lower case letters, digits and dashes, at most 64");
        }

        string? title = root.Text("title", required: true);
        var severity = root.Choice<AlarmSeverity>("severity", required: true);
        string? advice = root.Text("advice");
        var kinds = root.Items("kinds").Select(ReadKind).OfType<AssetKind>().ToList();
        var node = root.Child("condition");
        if (node is null)
        {
            root.FaultAt("condition", "Missing", "Add a condition with a type: threshold or silence");
        }

        var condition = node is null ? null : ReadCondition(node, catalog);
        root.ReportUnknown();
        return faults.All.Count > before ? null : new AlarmRule(name, title!, severity!.Value, condition!) { Kinds = kinds, Advice = advice ?? "" };
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') && name[0] != '-' && name[^1] != '-';

    private static AssetKind? ReadKind(FileNode node)
    {
        string? text = node.Element.ValueKind == JsonValueKind.String ? node.Element.GetString() : null;
        foreach (var kind in Enum.GetValues<AssetKind>())
        {
            if (string.Equals(kind.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return kind;
            }
        }

        node.Fault($"'{text ?? node.Element.ToString()}' is no kind of asset", $"Write one of: {string.Join(", ", Enum.GetNames<AssetKind>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]))}");
        return null;
    }

    private static AlarmCondition? ReadCondition(FileNode node, MeasurandCatalog catalog)
    {
        string? type = node.Text("type", required: true);
        AlarmCondition? condition = null;
        switch (type)
        {
            case "threshold":
                condition = ReadThreshold(node, catalog);
                break;
            case "silence":
                condition = ReadSilence(node);
                break;
            case not null:
                node.FaultAt("type", $"'{type}' is not known here", "Write one of: threshold, silence");
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

    private static ThresholdCondition? ReadThreshold(FileNode node, MeasurandCatalog catalog)
    {
        string? measurandName = node.Text("measurand", required: true);
        bool phases = node.Flag("phases") ?? false;
        string? unit = node.Text("unit");
        string? of = node.Text("of");
        double? high = node.Number("high");
        double? low = node.Number("low");
        double deadband = node.Number("deadband", 0) ?? 0;
        var onDelay = node.Duration("onDelay") ?? TimeSpan.Zero;
        if (node.Has("high") == node.Has("low"))
        {
            node.Fault("Needs exactly one limit", "Write either high or low; a rule for both sides is two rules");
        }

        if (onDelay > s_longestDelay)
        {
            node.FaultAt("onDelay", "An alarm may wait a day at most", "Write at most 24h");
        }

        var measurand = FindMeasurand(node, catalog, measurandName, phases);
        if (measurand is null)
        {
            return null;
        }

        bool isShare = of is not null;
        double scale = 1;
        double offset = 0;
        if (isShare)
        {
            CheckShare(node, of!, unit, measurand);
        }
        else if (unit is not null && !UnitTable.TryConvert(unit, measurand.Unit, out scale, out offset))
        {
            node.FaultAt("unit", $"'{unit}' doesn't fit {measurand.Name}, which is measured in {measurand.Unit}", $"Write {measurand.Unit} or a unit that converts to it");
        }

        if ((high ?? low) is not { } limit)
        {
            return null;
        }

        double canonical = (limit * scale) + offset;
        if (!isShare && !measurand.Accepts(canonical))
        {
            node.FaultAt(high is null ? "low" : "high", $"{measurand.Name} never reaches this: its valid range is {FormattableString.Invariant($"{measurand.Minimum} to {measurand.Maximum}")} {measurand.Unit}", "Correct the limit or its unit");
        }

        return new ThresholdCondition(measurand.Id, high is not null, canonical, deadband * Math.Abs(scale), onDelay) { IsShareOfRating = isShare, IncludesPhases = phases };
    }

    private static Measurand? FindMeasurand(FileNode node, MeasurandCatalog catalog, string? name, bool phases)
    {
        if (name is null)
        {
            return null;
        }

        if (!catalog.TryFind(name, out var id))
        {
            string near = string.Join(", ", catalog.All.Where(m => m.Name == m.BaseName).Select(m => m.Name));
            node.FaultAt("measurand", $"'{name}' is no measurand", $"Write one of: {near}; a phase as suffix, such as voltage.l1");
            return null;
        }

        var measurand = catalog[id];
        if (phases && measurand.Name != measurand.BaseName)
        {
            node.FaultAt("phases", $"'{name}' is one phase already", $"Write {measurand.BaseName} as measurand, or leave phases out");
        }

        return measurand;
    }

    private static void CheckShare(FileNode node, string of, string? unit, Measurand measurand)
    {
        if (of != RatedPower)
        {
            node.FaultAt("of", $"'{of}' is nothing an asset is rated by", $"Write {RatedPower}");
        }

        if (unit is not null)
        {
            node.FaultAt("unit", "A share of the rating has no unit", "Remove it; 1 means 100 %");
        }

        if (measurand.Unit != PowerUnit)
        {
            node.FaultAt("measurand", $"{measurand.Name} is measured in {measurand.Unit} and can't be compared with the rated power in W", "Name a measurand in W");
        }
    }
}
