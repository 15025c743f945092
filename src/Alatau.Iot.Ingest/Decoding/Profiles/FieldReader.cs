using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>Reads fields of a profile.</summary>
internal sealed class FieldReader(MeasurandCatalog measurands)
{
    private static readonly string[] s_channels = [".1", ".2", ".3", ".4", ".5", ".6", ".7", ".8"];
    private readonly string[] _names = [.. measurands.All.Select(m => m.BaseName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Reads the fields of a list; faulty ones are left out and reported.</summary>
    internal List<FieldEntry> ReadAll(IReadOnlyList<FileNode> nodes) => [.. nodes.Select(Read).OfType<FieldEntry>()];

    /// <summary>The measurand of <paramref name="name"/>; a fault at <paramref name="member"/> when there is none.</summary>
    internal MeasurandId? Find(FileNode node, string member, string name)
    {
        if (measurands.TryFind(name, out var id))
        {
            return id;
        }

        string closest = ClosestName.Of(name.Split('.')[0], _names);
        node.FaultAt(
            member,
            $"'{name}' is no measurand",
            $"Did you mean '{closest}'? Write one of: {string.Join(", ", _names)}; with a suffix .l1 .l2 .l3 .n .1 to .8 where one fits; or declare it under measurands");
        return null;
    }

    private FieldEntry? Read(FileNode node)
    {
        string? pathText = node.Text("path");
        string? nameText = node.Text("name");
        string? measurandName = node.Text("measurand", required: true);
        string? unit = node.Text("unit");
        string? whenUnit = node.Text("whenUnit");
        double scale = node.Number("scale") ?? 1;
        double offset = node.Number("offset") ?? 0;
        bool invert = node.Flag("invert") ?? false;
        double minimum = node.Number("minimum") ?? double.MinValue;
        double maximum = node.Number("maximum") ?? double.MaxValue;
        var nullMeaning = node.Choice<NullMeaning>("null") ?? NullMeaning.Bad;
        var other = node.Choice<OtherMeaning>("other") ?? OtherMeaning.Refuse;
        bool required = node.Flag("required") ?? false;
        double? absent = node.Number("default");
        var states = ReadStates(node);
        var suffixes = ReadSuffixes(node);
        var unitNode = node.Child("unitFrom");
        string? unitPath = unitNode?.Text("path", required: true);
        var ownUnits = unitNode?.Members("units") ?? [];
        unitNode?.ReportUnknown();
        node.ReportUnknown();

        if (pathText is not null && nameText is not null)
        {
            node.FaultAt("name", "A field has a path or a name, not both", "Remove one");
        }

        if (scale == 0)
        {
            node.FaultAt("scale", "Zero makes every value 0", "Write the factor, or leave scale out");
        }

        if (measurandName is null || Find(node, "measurand", measurandName) is not { } id)
        {
            return null;
        }

        string canonical = measurands[id].Unit;
        double unitScale = 1;
        double unitOffset = 0;
        if (unit is not null && !UnitTable.TryConvert(unit, canonical, out unitScale, out unitOffset))
        {
            node.FaultAt("unit", $"'{unit}' does not become {canonical}, the unit of {measurandName}", $"Write one of: {Units.Offer(canonical)}");
        }

        var path = pathText is null ? null : JsonPath.Parse(pathText);
        if (pathText is not null && path is null)
        {
            node.FaultAt("path", $"'{pathText}' is no path", "Write names with dots and indexes: ENERGY.Power, rxInfo[0].rssi, [\"a.b\"].c; one [*] at most");
            return null;
        }

        return new FieldEntry(
            node,
            path,
            pathText is null ? new NamePattern(nameText ?? "*") : null,
            whenUnit,
            new FieldRule
            {
                Label = pathText ?? nameText ?? measurandName,
                Measurand = id,
                Unit = canonical,
                Scale = scale,
                Offset = offset,
                UnitScale = unitScale,
                UnitOffset = unitOffset,
                Invert = invert,
                Range = (minimum, maximum),
                Null = nullMeaning,
                Other = other,
                States = [.. states],
                Required = required,
                Default = absent,
            },
            measurandName,
            unitNode is null || unitPath is null ? null : ReadUnit(unitNode, unitPath, ownUnits, canonical, unit is not null),
            suffixes);
    }

    private static FieldUnit? ReadUnit(FileNode node, string pathText, IReadOnlyList<(string Name, FileNode Node)> own, string canonical, bool hasFallback)
    {
        var units = new List<(byte[], double, double)>();
        foreach (var (symbol, item) in own)
        {
            string known = item.Element.ValueKind == JsonValueKind.String ? item.Element.GetString()! : "";
            if (UnitTable.TryConvert(known, canonical, out double scale, out double offset))
            {
                units.Add((Encoding.UTF8.GetBytes(symbol), scale, offset));
            }
            else
            {
                item.Fault($"'{known}' does not become {canonical}", $"Write one of: {Units.Offer(canonical)}");
            }
        }

        if (JsonPath.Parse(pathText) is { } path && !path.Any(s => s.IsEach))
        {
            return new FieldUnit(path, units, hasFallback);
        }

        node.FaultAt("path", $"'{pathText}' is no path of one place", "Write names with dots and indexes, without [*]");
        return null;
    }

    private static List<(byte[] Text, double Value)> ReadStates(FileNode node)
    {
        var states = new List<(byte[], double)>();
        foreach (var (text, item) in node.Members("states"))
        {
            if (item.Element.ValueKind == JsonValueKind.Number && item.Element.TryGetDouble(out double value) && double.IsFinite(value))
            {
                states.Add((Encoding.UTF8.GetBytes(text), value));
            }
            else
            {
                item.Fault("Must be a number", "Write the number that stands for this text: \"ON\": 1");
            }
        }

        return states;
    }

    private static IReadOnlyList<string> ReadSuffixes(FileNode node)
    {
        var suffixes = new List<string>();
        foreach (var item in node.Items("suffixes"))
        {
            if (item.Element.ValueKind == JsonValueKind.String)
            {
                suffixes.Add(item.Element.GetString()!);
            }
            else
            {
                item.Fault("Must be a text", "Write a suffix such as .l1");
            }
        }

        return suffixes.Count > 0 ? suffixes : s_channels;
    }
}
