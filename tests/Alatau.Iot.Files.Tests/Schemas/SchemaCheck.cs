using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alatau.Iot.Files.Tests.Schemas;

/// <summary>Checks a document against a JSON schema: the keywords our schemas use. A keyword it doesn't know is a fault, so that none is passed over.</summary>
internal static class SchemaCheck
{
    private static readonly HashSet<string> s_notes = new(StringComparer.Ordinal) { "$schema", "$id", "$defs", "title", "description", "default", "examples", "$comment" };

    internal static IReadOnlyList<string> Run(JsonNode schema, JsonNode? document)
    {
        var faults = new List<string>();
        Check(schema, schema, document, "$", faults);
        return faults;
    }

    private static void Check(JsonNode root, JsonNode schema, JsonNode? value, string path, List<string> faults)
    {
        if (schema.GetValueKind() is JsonValueKind.True or JsonValueKind.False)
        {
            Must(schema.GetValue<bool>(), "is not allowed");
            return;
        }

        foreach (var (keyword, rule) in schema.AsObject())
        {
            switch (keyword)
            {
                case "$ref":
                    Check(root, SchemaTests.At(root, (string)rule!), value, path, faults);
                    break;
                case "type":
                    var allowed = rule is JsonArray several ? several.Select(t => (string)t!) : [(string)rule!];
                    Must(allowed.Contains(TypeOf(value)) || (allowed.Contains("number") && TypeOf(value) == "integer"), $"is {TypeOf(value)}, not {rule}");
                    break;
                case "enum":
                    Must(rule!.AsArray().Any(word => JsonNode.DeepEquals(word, value)), $"is none of {rule.ToJsonString()}");
                    break;
                case "const":
                    Must(JsonNode.DeepEquals(rule, value), $"is not {rule}");
                    break;
                case "not":
                    Must(!Fits(root, rule!, value), $"must not be {rule!.ToJsonString()}");
                    break;
                case "oneOf":
                    Must(rule!.AsArray().Count(option => Fits(root, option!, value)) == 1, "fits not exactly one of the alternatives");
                    break;
                case "anyOf":
                    Must(rule!.AsArray().Any(option => Fits(root, option!, value)), "fits none of the alternatives");
                    break;
                case "allOf":
                    foreach (var option in rule!.AsArray())
                    {
                        Check(root, option!, value, path, faults);
                    }

                    break;
                case "if":
                    if (schema[Fits(root, rule!, value) ? "then" : "else"] is { } branch)
                    {
                        Check(root, branch, value, path, faults);
                    }

                    break;
                case "then" or "else":
                    break;
                case "pattern" when value is JsonValue text && TypeOf(text) == "string":
                    Must(Regex.IsMatch((string)text!, (string)rule!, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)), $"does not fit {rule}");
                    break;
                case "minLength" when value is JsonValue text && TypeOf(text) == "string":
                    Must(((string)text!).Length >= (int)rule!, $"is shorter than {rule}");
                    break;
                case "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" when TypeOf(value) is "number" or "integer":
                    double number = value!.GetValue<double>();
                    double limit = rule!.GetValue<double>();
                    Must(keyword switch { "minimum" => number >= limit, "maximum" => number <= limit, "exclusiveMinimum" => number > limit, _ => number < limit }, $"breaks {keyword} {limit}");
                    break;
                case "minItems" or "maxItems" when value is JsonArray items:
                    Must(keyword == "minItems" ? items.Count >= (int)rule! : items.Count <= (int)rule!, $"breaks {keyword} {rule}");
                    break;
                case "items" when value is JsonArray items:
                    for (int i = 0; i < items.Count; i++)
                    {
                        Check(root, rule!, items[i], $"{path}[{i}]", faults);
                    }

                    break;
                case "required" when value is JsonObject o:
                    foreach (var name in rule!.AsArray())
                    {
                        Must(o.ContainsKey((string)name!), $"lacks {name}");
                    }

                    break;
                case "properties" when value is JsonObject o:
                    foreach (var (name, sub) in rule!.AsObject().Where(p => o.ContainsKey(p.Key)))
                    {
                        Check(root, sub!, o[name], $"{path}.{name}", faults);
                    }

                    break;
                case "additionalProperties" when value is JsonObject o:
                    foreach (var (name, member) in o.Where(m => schema["properties"]?.AsObject().ContainsKey(m.Key) != true))
                    {
                        Check(root, rule!, member, $"{path}.{name}", faults);
                    }

                    break;
                case "pattern" or "minLength" or "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "minItems" or "maxItems" or "items" or "required" or "properties" or "additionalProperties":
                    break;
                default:
                    Must(s_notes.Contains(keyword), $"schema keyword {keyword} is not checked here");
                    break;
            }
        }

        void Must(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add($"{path} {fault}");
            }
        }
    }

    private static bool Fits(JsonNode root, JsonNode schema, JsonNode? value)
    {
        var faults = new List<string>();
        Check(root, schema, value, "$", faults);
        return faults.Count == 0;
    }

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.GetValue<double>() % 1 == 0 ? "integer" : "number",
        _ => "boolean",
    };
}
