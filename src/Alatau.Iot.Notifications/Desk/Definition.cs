using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alatau.Iot.Notifications.Desk;

/// <summary>The text of a subscription as others may see it, and as they send it back.</summary>
internal static class Definition
{
    private const string Value = "value";
    private const string Kept = "kept";
    private static readonly string[] s_secrets = ["secret", "token"];
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };
    private static readonly JsonDocumentOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>With <c>{"kept": true}</c> in place of each secret that stands in the text.</summary>
    public static string Shown(ReadOnlyMemory<byte> json)
    {
        var root = JsonNode.Parse(json.Span, documentOptions: s_lenient)!;
        foreach (var (_, target) in Targets(root))
        {
            foreach (string name in s_secrets)
            {
                if (target[name] is JsonObject secret && secret.ContainsKey(Value))
                {
                    target[name] = new JsonObject { [Kept] = true };
                }
            }
        }

        return root.ToJsonString(s_indented);
    }

    /// <summary>With the secrets of the text before in place of each <c>{"kept": true}</c> whose target stood there, too. A text that is no JSON stays as it is: its reader says so.</summary>
    public static ReadOnlyMemory<byte> Completed(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>? before)
    {
        try
        {
            if (JsonNode.Parse(json.Span, documentOptions: s_lenient) is not JsonObject root)
            {
                return json;
            }

            var known = before is { } old ? Targets(JsonNode.Parse(old.Span, documentOptions: s_lenient)!).GroupBy(t => t.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Target, StringComparer.Ordinal) : [];
            foreach (var (key, target) in Targets(root))
            {
                foreach (string name in s_secrets)
                {
                    if (target[name] is JsonObject secret && secret.ContainsKey(Kept) && known.TryGetValue(key, out var same) && same[name] is JsonObject kept)
                    {
                        target[name] = kept.DeepClone();
                    }
                }
            }

            return JsonSerializer.SerializeToUtf8Bytes(root, s_indented);
        }
        catch (JsonException)
        {
            return json;
        }
    }

    private static IEnumerable<(string Key, JsonObject Target)> Targets(JsonNode root)
    {
        var lists = new List<JsonNode?> { (root as JsonObject)?["targets"] };
        if (root is JsonObject all && all["escalation"] is JsonArray steps)
        {
            lists.AddRange(steps.Select(s => (s as JsonObject)?["targets"]));
        }

        foreach (var webhook in lists.OfType<JsonArray>().SelectMany(l => l).OfType<JsonObject>().Select(t => t["webhook"]).OfType<JsonObject>())
        {
            yield return (webhook["url"]?.ToString() ?? "", webhook);
        }
    }
}
