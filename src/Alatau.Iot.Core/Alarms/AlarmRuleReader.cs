using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Reads and validates <c>devices/alarm-rules/&lt;rule&gt;/rule.json</c>; reports every fault, returns null when there was one.</summary>
/// <remarks>
/// <c>condition.type</c> is <c>threshold</c>, <c>rate</c>, <c>frozen</c>, <c>window</c>, <c>silence</c>, <c>outage</c> or <c>connection</c>; what each may hold stands in <c>devices/schemas/alarm-rule.schema.json</c>.
/// A ladder says the severities itself: the rule then has none of its own.
/// </remarks>
public static class AlarmRuleReader
{
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
        var node = root.Child("condition");
        bool isLadder = node is { Element.ValueKind: JsonValueKind.Object } && node.Element.TryGetProperty("ladder", out _);
        var severity = root.Choice<AlarmSeverity>("severity", required: !isLadder);
        if (isLadder && root.Has("severity"))
        {
            root.FaultAt("severity", "The ladder says it", "Remove it; the alarm begins with the severity of the ladder's first limit");
        }

        string? advice = root.Text("advice");
        var kinds = root.Items("kinds").Select(ReadKind).OfType<AssetKind>().ToList();
        if (node is null)
        {
            root.FaultAt("condition", "Missing", "Add a condition with a type: threshold, rate, frozen, window, silence, outage or connection");
        }

        var condition = node is null ? null : new AlarmConditionReader(catalog).Read(node);
        severity ??= (condition as LimitCondition)?.Rungs[0].Severity;
        if (condition is OutageCondition { IsConnection: false } && (kinds.Count == 0 || kinds.Any(k => k is not (AssetKind.Feeder or AssetKind.Transformer))))
        {
            root.FaultAt("kinds", "An outage has its place at what feeds others", "Write feeder, transformer or both");
        }
        else if (condition is OutageCondition { IsConnection: true } && (kinds.Count == 0 || kinds.Any(k => k is not (AssetKind.Gateway or AssetKind.Bridge))))
        {
            root.FaultAt("kinds", "A connection is that of what others are reached through", "Write gateway, bridge or both");
        }

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
}
