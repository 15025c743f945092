using System.Text;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>Binds the fields of one JSON message to places of a document.</summary>
internal sealed class JsonShapeReader(FieldReader fields, MeasurandCatalog measurands)
{
    private readonly JsonPlace _root = new();
    private readonly List<JsonField> _fields = [];
    private int _slots;

    internal JsonShape? Build(MessageNode message)
    {
        foreach (var (entry, at, suffix) in message.Fields)
        {
            Bind(entry, at, suffix);
        }

        if (_fields.Count == 0)
        {
            message.Node.FaultAt("fields", "A message needs at least one field", "Add fields, or use a field set");
            return null;
        }

        var time = ReadTime(message);
        int sequence = message.Sequence is { } path ? SlotAt(message.Node, "sequence", path) : -1;
        var when = ReadCondition(message);
        return new JsonShape(_root.Seal(), _slots, [.. _fields], time, sequence, when, message.IgnoresUnmapped);
    }

    private void Bind(FieldEntry entry, IReadOnlyList<JsonPath.Step> at, string suffix)
    {
        if (entry.Path is null)
        {
            entry.Node.FaultAt("path", "Missing: a field of format json stands at a path", "Write where the value stands");
            return;
        }

        List<JsonPath.Step> path = [.. at, .. entry.Path];
        int each = path.FindIndex(s => s.IsEach);
        string label = Label(path);
        if (each < 0 || each == path.Count - 1)
        {
            // A list of channels shrinks to a plain value on devices with one channel.
            Bind(entry, each < 0 ? path : path[..each], entry.MeasurandName + suffix, label);
        }

        for (int i = 0; each >= 0 && i < entry.Suffixes.Count; i++)
        {
            List<JsonPath.Step> item = [.. path];
            item[each] = new JsonPath.Step(null, i);
            Bind(entry, item, entry.MeasurandName + suffix + entry.Suffixes[i], label);
        }
    }

    private void Bind(FieldEntry entry, List<JsonPath.Step> path, string measurand, string label)
    {
        if (fields.Find(entry.Node, "measurand", measurand) is not { } id)
        {
            return;
        }

        var (place, parent) = PlaceAt(path);
        int parentSlot = -1;
        if (entry.Rule.Default is not null && path.Count > 1 && path[^1].Name is not null)
        {
            parentSlot = parent.PresenceSlot = parent.PresenceSlot >= 0 ? parent.PresenceSlot : _slots++;
        }

        var unit = entry.UnitFrom is { } from ? new UnitSource(SlotOf(PlaceAt(from.Path).Place), [.. from.Own], from.HasFallback) : null;
        _fields.Add(new JsonField(SlotOf(place), parentSlot, entry.Rule.For(measurands[id].Id, label), unit));
    }

    private JsonTimeField? ReadTime(MessageNode message)
    {
        var node = message.Time;
        if (node is null)
        {
            return null;
        }

        string? path = node.Text("path", required: true);
        var format = node.Choice<TimeFormat>("format", required: true);
        bool required = node.Flag("required") ?? false;
        node.ReportUnknown();
        return path is null || format is null ? null : new JsonTimeField(SlotAt(node, "path", path), path, format.Value, required);
    }

    private JsonCondition? ReadCondition(MessageNode message)
    {
        var node = message.When;
        if (node is null)
        {
            return null;
        }

        string? path = node.Text("path", required: true);
        var anyOf = node.Items("anyOf");
        bool? exists = node.Flag("exists");
        node.ReportUnknown();
        if (anyOf.Count > 0 == exists is not null)
        {
            node.Fault("A condition has either anyOf or exists", "Write \"anyOf\": [\"NotifyStatus\"] or \"exists\": true");
        }

        return path is null ? null : new JsonCondition(SlotAt(node, "path", path), path, [.. anyOf.Select(a => Encoding.UTF8.GetBytes(a.Element.ToString()))], exists ?? true);
    }

    private int SlotAt(FileNode node, string member, string text)
    {
        if (JsonPath.Parse(text) is { } path && !path.Any(s => s.IsEach))
        {
            return SlotOf(PlaceAt(path).Place);
        }

        node.FaultAt(member, $"'{text}' is no path of one place", "Write names with dots and indexes, without [*]");
        return 0;
    }

    private (JsonPlace Place, JsonPlace Parent) PlaceAt(List<JsonPath.Step> path)
    {
        var (place, parent) = (_root, _root);
        foreach (var step in path)
        {
            (parent, place) = (place, place.At(step));
        }

        return (place, parent);
    }

    private int SlotOf(JsonPlace place) => place.Slot = place.Slot >= 0 ? place.Slot : _slots++;

    private static string Label(List<JsonPath.Step> path)
    {
        var text = new StringBuilder();
        foreach (var step in path)
        {
            _ = step.Name is null ? text.Append('[').Append(step.IsEach ? "*" : step.Index).Append(']') : text.Append(text.Length > 0 ? "." : "").Append(step.Name);
        }

        return text.ToString();
    }
}
