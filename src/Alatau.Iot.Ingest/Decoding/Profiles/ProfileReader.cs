using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>Reads one <c>profile.json</c>; every fault goes to the file's faults, with its path and the cure.</summary>
internal sealed class ProfileReader
{
    /// <summary>Most measurands one profile may declare.</summary>
    internal const int MaximumDeclared = 200;

    private readonly List<Measurand> _declared = [];
    private readonly List<string> _filters = [];

    internal ProfileReader(string name, FileNode root)
    {
        (Name, Root) = (name, root);
        string displayName = root.Text("displayName", required: true) ?? name;
        string description = root.Text("description") ?? "";
        Profile = new Profile(name, displayName, description, ReadZone(root), _filters, _declared);
    }

    internal string Name { get; }

    internal FileNode Root { get; }

    internal Profile Profile { get; }

    /// <summary>Reads the declared measurands.</summary>
    internal IReadOnlyList<(FileNode Node, Measurand Measurand)> ReadMeasurands()
    {
        var found = new List<(FileNode, Measurand)>();
        foreach (var node in Root.Items("measurands"))
        {
            string? name = node.Text("name", required: true);
            string? unit = node.Text("unit", required: true);
            var kind = node.Choice<MeasurandKind>("kind", required: true);
            double minimum = node.Number("minimum", required: true) ?? 0;
            double maximum = node.Number("maximum", required: true) ?? 0;
            string? meaning = node.Text("meaning", required: true);
            node.ReportUnknown();
            if (name is not null && (name.Length > 48 || !char.IsAsciiLetterLower(name[0]) || !name.All(char.IsAsciiLetterOrDigit)))
            {
                node.FaultAt("name", $"'{name}' can't name a measurand", "Write up to 48 letters and digits in camel case, without a suffix: waterLevel");
                continue;
            }

            if (unit is not null && !(UnitTable.IsKnown(unit) && UnitTable.TryConvert(unit, unit, out _, out _) && Units.IsCanonical(unit)))
            {
                node.FaultAt("unit", $"'{unit}' is no canonical unit", $"Write one of: {string.Join(", ", Units.Canonical)}");
                continue;
            }

            if (minimum > maximum)
            {
                node.FaultAt("minimum", "Greater than maximum", "Exchange them");
            }

            if (name is not null && unit is not null && kind is not null && meaning is not null)
            {
                var measurand = new Measurand(default, name, unit, kind.Value, minimum, maximum, meaning);
                found.Add((node, measurand));
                _declared.Add(measurand);
            }
        }

        if (found.Count > MaximumDeclared)
        {
            Root.FaultAt("measurands", "More than 200", "Keep those that the fields use");
        }

        return found;
    }

    /// <summary>Reads messages and ignored topics, and reports members that nobody knows.</summary>
    internal List<TopicRoute> ReadRoutes(MeasurandCatalog measurands)
    {
        string? device = Root.Text("device");
        var byTemplate = new Dictionary<string, (TopicTemplate Template, string Device, List<MessageShape> Shapes)>(StringComparer.Ordinal);
        var shapes = new ShapeReader(Root, measurands);
        var messages = Root.Items("messages");
        foreach (var node in messages)
        {
            var topics = ReadTopics(node, "topics");
            string? own = node.Text("device") ?? device;
            var shape = shapes.Read(node, topics);
            foreach (var template in topics)
            {
                string key = ReadDevice(node, template, own);
                if (!byTemplate.TryGetValue(template.Text, out var entry))
                {
                    byTemplate[template.Text] = entry = (template, key, []);
                    _filters.Add(template.Filter);
                }
                else if (shape is not null && !shape.MayShareTopic)
                {
                    node.FaultAt("topics", $"'{template.Text}' stands in an earlier message", "Only messages of format json may share a topic, the earlier ones told apart by 'when'");
                }

                if (shape is not null)
                {
                    entry.Shapes.Add(shape);
                }
            }
        }

        if (messages.Count == 0)
        {
            Root.FaultAt("messages", "A profile needs at least one message", "Add one with topics and format");
        }

        var routes = byTemplate.Values.Where(e => e.Shapes.Count > 0).Select(e => new TopicRoute(e.Template, Profile, e.Device, e.Shapes)).ToList();
        routes.AddRange(ReadTopics(Root, "ignore").Select(t => new TopicRoute(t, Profile, "", [])));
        Root.ReportUnknown();
        return routes;
    }

    private static string ReadDevice(FileNode node, TopicTemplate template, string? own)
    {
        string key = own ?? (template.Names.Contains("site") && template.Names.Contains("asset") ? "{site}/{asset}" : "{device}");
        string rest = key;
        foreach (string name in template.Names)
        {
            rest = rest.Replace("{" + name + "}", "", StringComparison.Ordinal);
        }

        if (rest.Contains('{', StringComparison.Ordinal) || rest == key)
        {
            node.FaultAt("device", $"'{key}' can't be composed from topic '{template.Text}'", "Capture {device} in the topic, or write device with names that every topic captures");
        }

        return key;
    }

    private static List<TopicTemplate> ReadTopics(FileNode node, string name)
    {
        var templates = new List<TopicTemplate>();
        foreach (var item in node.Items(name))
        {
            string text = item.Element.ValueKind == System.Text.Json.JsonValueKind.String ? item.Element.GetString()! : "";
            if (TopicTemplate.Parse(text, out string problem) is { } template)
            {
                templates.Add(template);
            }
            else
            {
                item.Fault($"'{text}' is no topic template: {problem}", "Write levels such as tele/{device}/SENSOR");
            }
        }

        if (name == "topics" && !node.Has(name))
        {
            node.FaultAt(name, "Missing", "Add a list of topic templates");
        }

        return templates;
    }

    private static TimeZoneInfo? ReadZone(FileNode root)
    {
        string? name = root.Text("timeZone");
        if (name is null)
        {
            return null;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
        {
            root.FaultAt("timeZone", $"'{name}' is no time zone of this machine", "Write an IANA name such as Asia/Almaty, or leave it out to use the site's");
        }

        return zone;
    }
}
