using System.Globalization;
using System.Text.Json;

namespace Alatau.Iot.Core.Files;

/// <summary>A place in a JSON file that knows its own path, so that every reader reports faults in the same words.</summary>
/// <remarks>Members read are remembered; <see cref="ReportUnknown"/> then names those nobody asked for, which are mostly misspelt.</remarks>
public sealed class FileNode
{
    private readonly FileFaults _faults;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal) { "$schema", "description" };

    private FileNode(string file, string path, JsonElement element, FileFaults faults) =>
        (File, Path, Element, _faults) = (file, path, element, faults);

    public string File { get; }

    public string Path { get; }

    public JsonElement Element { get; }

    /// <summary>Parses a file (comments and trailing commas allowed). Null when it is no JSON object; the fault says where.</summary>
    public static FileNode? Parse(string file, ReadOnlyMemory<byte> utf8, FileFaults faults)
    {
        try
        {
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using var document = JsonDocument.Parse(utf8, options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new FileNode(file, "$", document.RootElement.Clone(), faults);
            }

            faults.Add(file, "$", "The file must hold one JSON object", "Begin it with { and end it with }");
        }
        catch (JsonException e)
        {
            string where = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            faults.Add(file, "$", $"Not valid JSON at {where}", "Mend the syntax there; an editor with the schema marks it");
        }

        return null;
    }

    public void Fault(string problem, string cure) => _faults.Add(File, Path, problem, cure);

    /// <summary>Reports a fault at a member of this node.</summary>
    public void FaultAt(string name, string problem, string cure) => _faults.Add(File, $"{Path}.{name}", problem, cure);

    public bool Has(string name)
    {
        _asked.Add(name);
        return Element.ValueKind == JsonValueKind.Object && Element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
    }

    /// <summary>A member, or null when absent.</summary>
    public FileNode? Child(string name) => Has(name) ? new FileNode(File, $"{Path}.{name}", Element.GetProperty(name), _faults) : null;

    /// <summary>The items of an array member; empty when absent, a fault when it is no array.</summary>
    public IReadOnlyList<FileNode> Items(string name)
    {
        var child = Child(name);
        if (child is null)
        {
            return [];
        }

        if (child.Element.ValueKind != JsonValueKind.Array)
        {
            child.Fault("Must be a list", "Write it in square brackets");
            return [];
        }

        return [.. child.Element.EnumerateArray().Select((e, i) => new FileNode(File, string.Create(CultureInfo.InvariantCulture, $"{child.Path}[{i}]"), e, _faults))];
    }

    /// <summary>The members of an object member, by name; empty when absent.</summary>
    public IReadOnlyList<(string Name, FileNode Node)> Members(string name)
    {
        var child = Child(name);
        if (child is null)
        {
            return [];
        }

        if (child.Element.ValueKind != JsonValueKind.Object)
        {
            child.Fault("Must be an object", "Write it in curly brackets");
            return [];
        }

        return [.. child.Element.EnumerateObject().Select(p => (p.Name, new FileNode(File, $"{child.Path}.{p.Name}", p.Value, _faults)))];
    }

    /// <summary>A text; null when absent, a fault when of another type, or when required and absent or empty.</summary>
    public string? Text(string name, bool required = false)
    {
        if (!Has(name))
        {
            if (required)
            {
                FaultAt(name, "Missing", "Add this text");
            }

            return null;
        }

        var value = Element.GetProperty(name);
        if (value.ValueKind != JsonValueKind.String || (required && value.GetString()!.Length == 0))
        {
            FaultAt(name, "Must be a text that is not empty", "Write it in double quotes");
            return null;
        }

        return value.GetString();
    }

    /// <summary>A finite number within bounds, both inclusive; null when absent or faulty.</summary>
    public double? Number(string name, double minimum = double.MinValue, double maximum = double.MaxValue, bool required = false)
    {
        if (!Has(name))
        {
            if (required)
            {
                FaultAt(name, "Missing", "Add this number");
            }

            return null;
        }

        var value = Element.GetProperty(name);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || !double.IsFinite(number) || number < minimum || number > maximum)
        {
            string range = minimum == double.MinValue && maximum == double.MaxValue
                ? "a number"
                : maximum == double.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"a number of {minimum} or more")
                : minimum == double.MinValue ? string.Create(CultureInfo.InvariantCulture, $"a number of {maximum} or less")
                : string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");
            FaultAt(name, $"Must be {range}", "Correct the value");
            return null;
        }

        return number;
    }

    public bool? Flag(string name)
    {
        if (!Has(name))
        {
            return null;
        }

        var value = Element.GetProperty(name);
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        FaultAt(name, "Must be true or false", "Write it without quotes");
        return null;
    }

    /// <summary>A span written as number and unit: <c>500ms</c>, <c>15s</c>, <c>5m</c>, <c>2h</c>, <c>7d</c>; null when absent or faulty.</summary>
    public TimeSpan? Duration(string name, bool required = false)
    {
        string? text = Text(name, required);
        if (text is null)
        {
            return null;
        }

        if (TryDuration(text, out var span))
        {
            return span;
        }

        FaultAt(name, $"'{text}' is no duration", "Write a number and its unit: 500ms, 15s, 5m, 2h or 7d");
        return null;
    }

    /// <summary>One of a closed set of words, compared without case; null when absent or faulty.</summary>
    public T? Choice<T>(string name, bool required = false)
        where T : struct, Enum
    {
        string? text = Text(name, required);
        if (text is null)
        {
            return null;
        }

        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(value.ToString(), text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        string offered = string.Join(", ", Enum.GetNames<T>().Select(n => char.ToLowerInvariant(n[0]) + n[1..]));
        FaultAt(name, $"'{text}' is not known here", $"Write one of: {offered}");
        return null;
    }

    /// <summary>Reports members that were never asked for.</summary>
    public void ReportUnknown()
    {
        if (Element.ValueKind != JsonValueKind.Object)
        {
            Fault("Must be an object", "Write it in curly brackets");
            return;
        }

        foreach (var member in Element.EnumerateObject().Where(m => !_asked.Contains(m.Name)))
        {
            string offered = string.Join(", ", _asked.Where(a => a is not ("$schema" or "description")).Order(StringComparer.Ordinal));
            FaultAt(member.Name, "Nothing of this name is known here", $"Remove it or write one of: {offered}");
        }
    }

    /// <summary>Reads a span written as number and unit.</summary>
    public static bool TryDuration(string text, out TimeSpan span)
    {
        span = default;
        int digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
        {
            digits++;
        }

        double milliseconds = text[digits..] switch
        {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        if (milliseconds == 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || number > 36_500)
        {
            return false;
        }

        span = TimeSpan.FromMilliseconds(number * milliseconds);
        return true;
    }
}
