using System.Text;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;
using Alatau.Iot.Ingest.Decoding.Scalars;
using Alatau.Iot.Ingest.Decoding.SenMl;
using Alatau.Iot.Ingest.Decoding.Sparkplug;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>Compiles the messages of one profile.</summary>
internal sealed class ShapeReader
{
    private readonly FieldReader _fields;
    private readonly MeasurandCatalog _measurands;
    private readonly Dictionary<string, List<FieldEntry>> _sets = new(StringComparer.Ordinal);

    internal ShapeReader(FileNode root, MeasurandCatalog measurands)
    {
        (_fields, _measurands) = (new FieldReader(measurands), measurands);
        var sets = root.Child("fieldSets");
        foreach (var (name, _) in root.Members("fieldSets"))
        {
            _sets[name] = _fields.ReadAll(sets!.Items(name));
        }
    }

    /// <summary>Compiles one message; null when it is faulty.</summary>
    internal MessageShape? Read(FileNode node, IReadOnlyList<TopicTemplate> topics)
    {
        string? format = node.Text("format", required: true);
        var message = ReadMessage(node);
        node.ReportUnknown();
        switch (format)
        {
            case "native":
                message.Refuse(format, "fields", "use", "time", "when", "sequence", "value", "unmapped", "canonicalNames", "split");
                return new NativeShape();
            case "json":
                message.Refuse(format, "value", "canonicalNames", "split");
                return new JsonShapeReader(_fields, _measurands).Build(message);
            case "scalar":
                message.Refuse(format, "time", "when", "sequence", "canonicalNames", "split");
                return ReadScalar(message, topics);
            case "senml-json" or "senml-cbor":
                message.Refuse(format, "time", "when", "sequence", "value");
                return ReadMap(message, format) is { } names ? new SenMlShape(format == "senml-cbor", names, message.SplitsByName, message.IgnoresUnmapped) : null;
            case "sparkplug-b":
                message.Refuse(format, "time", "when", "sequence", "value", "split");
                foreach (var template in topics.Where(t => !t.Names.Contains("group") || !t.Names.Contains("message") || !t.Names.Contains("node")))
                {
                    node.FaultAt("topics", $"'{template.Text}' lacks {{group}}, {{message}} or {{node}}", "Write spBv1.0/{group}/{message}/{node} and spBv1.0/{group}/{message}/{node}/{device}");
                }

                return ReadMap(message, format) is { } metrics ? new SparkplugShape(metrics, _measurands.Id("online"), message.IgnoresUnmapped) : null;
            case null:
                return null;
            default:
                node.FaultAt("format", $"'{format}' is not known here", "Write one of: native, json, scalar, senml-json, senml-cbor, sparkplug-b");
                return null;
        }
    }

    private MessageNode ReadMessage(FileNode node)
    {
        var fields = new List<(FieldEntry, IReadOnlyList<JsonPath.Step>, string)>();
        foreach (var entry in _fields.ReadAll(node.Items("fields")))
        {
            fields.Add((entry, [], ""));
        }

        foreach (var use in node.Items("use"))
        {
            ReadUse(use, fields);
        }

        string unmapped = node.Text("unmapped") ?? "quarantine";
        if (unmapped is not ("quarantine" or "ignore"))
        {
            node.FaultAt("unmapped", $"'{unmapped}' is not known here", "Write one of: quarantine, ignore");
        }

        string split = node.Text("split") ?? "none";
        if (split is not ("none" or "name"))
        {
            node.FaultAt("split", $"'{split}' is not known here", "Write one of: none, name");
        }

        return new MessageNode(
            node,
            fields,
            node.Child("time"),
            node.Child("when"),
            node.Text("sequence"),
            node.Text("value"),
            unmapped == "ignore",
            node.Flag("canonicalNames") ?? false,
            split == "name");
    }

    private void ReadUse(FileNode use, List<(FieldEntry, IReadOnlyList<JsonPath.Step>, string)> fields)
    {
        string? set = use.Text("set", required: true);
        string at = use.Text("at") ?? "";
        string suffix = use.Text("suffix") ?? "";
        use.ReportUnknown();
        var steps = JsonPath.Parse(at);
        if (steps is null || steps.Any(s => s.IsEach))
        {
            use.FaultAt("at", $"'{at}' is no path of one place", "Write names with dots and indexes, without [*]");
            steps = [];
        }

        if (set is not null && !_sets.ContainsKey(set))
        {
            use.FaultAt("set", $"'{set}' is no field set of this profile", _sets.Count == 0 ? "Add it under fieldSets" : $"Write one of: {string.Join(", ", _sets.Keys)}");
        }
        else if (set is not null)
        {
            fields.AddRange(_sets[set].Select(entry => (entry, (IReadOnlyList<JsonPath.Step>)steps, suffix)));
        }
    }

    private static ScalarShape? ReadScalar(MessageNode message, IReadOnlyList<TopicTemplate> topics)
    {
        var names = ReadNames(message, "scalar");
        if (names.Count == 0)
        {
            message.Node.FaultAt("fields", "A message needs at least one field", "Add fields");
            return null;
        }

        foreach (var template in topics.Where(t => !t.Names.Contains(ScalarShape.FieldCapture) && names.Any(n => n.Name.Text != "*")))
        {
            message.Node.FaultAt("topics", $"'{template.Text}' captures no {{field}} for the names of the fields", "Capture {field} or {field...}, or leave the names out");
        }

        JsonPlace? place = null;
        if (message.Value is { } text)
        {
            place = new JsonPlace();
            if (JsonPath.Parse(text) is not { Count: > 0 } path || path.Any(s => s.IsEach))
            {
                message.Node.FaultAt("value", $"'{text}' is no path of one place", "Write names with dots and indexes, without [*]");
            }
            else
            {
                path.Aggregate(place, (at, step) => at.At(step)).Slot = 0;
            }

            place.Seal();
        }

        return new ScalarShape([.. names.Select(n => (n.Name, n.Rule))], place, message.IgnoresUnmapped);
    }

    private NameMap? ReadMap(MessageNode message, string format)
    {
        var names = ReadNames(message, format);
        if (names.Count > 0 || message.TakesCanonicalNames)
        {
            return new NameMap([.. names], message.TakesCanonicalNames ? _measurands : null);
        }

        message.Node.FaultAt("fields", "A message needs at least one field", "Add fields with names, or \"canonicalNames\": true");
        return null;
    }

    private static List<(NamePattern Name, byte[]? WhenUnit, FieldRule Rule)> ReadNames(MessageNode message, string format)
    {
        var names = new List<(NamePattern, byte[]?, FieldRule)>();
        foreach (var (entry, _, _) in message.Fields)
        {
            if (entry.Name is null)
            {
                entry.Node.FaultAt("path", $"Format {format} has names, no paths", "Write \"name\" with a pattern such as *voltage");
            }
            else
            {
                names.Add((entry.Name, entry.WhenUnit is null ? null : Encoding.UTF8.GetBytes(entry.WhenUnit), entry.Rule));
            }
        }

        return names;
    }
}
