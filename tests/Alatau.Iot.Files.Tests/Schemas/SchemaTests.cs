using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Notifications.Email;
using Alatau.Iot.Notifications.Subscriptions;
using Alatau.Iot.Notifications.Webhook;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Files.Tests.Schemas;

/// <summary>The schemas offer exactly what the readers know, and the shipped files name them.</summary>
/// <remarks>A reader tells what it knows in the fault about a member it doesn't know: each probe puts one there.</remarks>
public sealed class SchemaTests
{
    private const string Stranger = "strangerHere";

    public static TheoryData<string, string, string> Probes() => new()
    {
        { "profile", "", """{"strangerHere":0}""" },
        { "profile", "#/$defs/measurand", """{"measurands":[{"strangerHere":0}]}""" },
        { "profile", "#/$defs/message", """{"messages":[{"strangerHere":0}]}""" },
        { "profile", "#/$defs/use", """{"messages":[{"use":[{"strangerHere":0}]}]}""" },
        { "profile", "#/$defs/time", """{"messages":[{"format":"json","fields":[{"path":"a","measurand":"co2"}],"time":{"strangerHere":0}}]}""" },
        { "profile", "#/$defs/when", """{"messages":[{"format":"json","fields":[{"path":"a","measurand":"co2"}],"when":{"strangerHere":0}}]}""" },
        { "profile", "#/$defs/field", """{"messages":[{"fields":[{"strangerHere":0}]}]}""" },
        { "profile", "#/$defs/field/properties/unitFrom", """{"fieldSets":{"s":[{"unitFrom":{"strangerHere":0}}]}}""" },
        { "fleet", "", """{"strangerHere":0}""" },
        { "fleet", "#/$defs/site", """{"sites":[{"strangerHere":0}]}""" },
        { "fleet", "#/$defs/asset", """{"assets":[{"strangerHere":0}]}""" },
        { "fleet", "#/$defs/asset/properties/device", """{"assets":[{"device":{"strangerHere":0}}]}""" },
        { "fleet", "#/properties/city", """{"city":{"strangerHere":0}}""" },
        { "fleet", "#/$defs/place", """{"places":[{"strangerHere":0}]}""" },
        { "fleet", "#/$defs/link", """{"assets":[{"fedBy":[{"strangerHere":0}]}]}""" },
        { "alarm-rule", "", """{"strangerHere":0}""" },
        { "alarm-rule", "#/properties/condition/oneOf/0", """{"condition":{"type":"threshold","strangerHere":0}}""" },
        { "alarm-rule", "#/properties/condition/oneOf/1", """{"condition":{"type":"silence","strangerHere":0}}""" },
        { "alarm-rule", "#/properties/condition/oneOf/2", """{"condition":{"type":"rate","strangerHere":0}}""" },
        { "alarm-rule", "#/properties/condition/oneOf/3", """{"condition":{"type":"frozen","strangerHere":0}}""" },
        { "alarm-rule", "#/properties/condition/oneOf/4", """{"condition":{"type":"window","strangerHere":0}}""" },
        { "alarm-rule", "#/$defs/rung", """{"condition":{"type":"threshold","measurand":"co2","ladder":[{"strangerHere":0}]}}""" },
        { "alarm-rule", "#/$defs/share", """{"condition":{"type":"threshold","measurand":"co2","high":{"strangerHere":0}}}""" },
        { "alarm-rule", "#/$defs/schedule", """{"condition":{"type":"threshold","schedule":{"strangerHere":0}}}""" },
        { "alarm-rule", "#/$defs/stretch", """{"condition":{"type":"threshold","schedule":{"hours":[{"strangerHere":0}]}}}""" },
        { "subscription", "", """{"strangerHere":0}""" },
        { "subscription", "#/$defs/scope", """{"scope":{"strangerHere":0}}""" },
        { "subscription", "#/$defs/targets/items", """{"targets":[{"strangerHere":0}]}""" },
        { "subscription", "#/$defs/webhook", """{"targets":[{"webhook":{"strangerHere":0}}]}""" },
        { "subscription", "#/$defs/secret", """{"targets":[{"webhook":{"secret":{"strangerHere":0}}}]}""" },
        { "subscription", "#/$defs/email", """{"targets":[{"email":{"strangerHere":0}}]}""" },
        { "subscription", "#/$defs/stretch", """{"schedule":{"hours":[{"strangerHere":0}]}}""" },
        { "subscription", "#/$defs/schedule", """{"schedule":{"strangerHere":0}}""" },
        { "subscription", "#/$defs/quietHours", """{"quietHours":{"strangerHere":0}}""" },
        { "subscription", "#/$defs/digest", """{"digest":{"strangerHere":0}}""" },
        { "subscription", "#/$defs/repeat", """{"repeat":{"strangerHere":0}}""" },
        { "subscription", "#/$defs/step", """{"escalation":[{"strangerHere":0}]}""" },
        { "subscription", "#/$defs/rateLimit", """{"rateLimit":{"strangerHere":0}}""" },
    };

    [Theory]
    [MemberData(nameof(Probes))]
    public void Schema_Object_OffersWhatTheReaderKnows(string schema, string pointer, string probe)
    {
        var fault = Assert.Single(Read(schema, probe), f => f.Path.EndsWith(Stranger, StringComparison.Ordinal));
        string[] known = fault.Cure[(fault.Cure.LastIndexOf(": ", StringComparison.Ordinal) + 2)..].Split(", ");

        var offered = At(Schema(schema), pointer)["properties"]!.AsObject().Select(p => p.Key).Where(k => k is not ("$schema" or "description"));

        Assert.Equal(known.Order(StringComparer.Ordinal), offered.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Schema_EveryObject_IsClosedAndStands()
    {
        foreach (string file in Tree.Files("devices/schemas", "*.schema.json"))
        {
            var root = JsonNode.Parse(File.ReadAllText(file))!;
            Assert.Equal("https://json-schema.org/draft/2020-12/schema", (string?)root["$schema"]);
            foreach (var node in Walk(root).OfType<JsonObject>())
            {
                if (node["$ref"] is JsonValue reference && reference.GetValueKind() == JsonValueKind.String && ((string)reference!).StartsWith('#'))
                {
                    Assert.NotNull(At(root, (string)reference!));
                }

                if (node["properties"] is JsonObject properties && node["type"] is JsonValue)
                {
                    Assert.True(node.ContainsKey("additionalProperties"), $"{Tree.Relative(file)} {node.GetPath()} takes any member");
                    Assert.All(node["required"]?.AsArray() ?? [], name => Assert.True(properties.ContainsKey((string)name!), $"{node.GetPath()} requires {name}"));
                }
            }
        }
    }

    [Fact]
    public void Schema_ClosedSets_AreThoseOfTheCode()
    {
        var kinds = Enum.GetNames<AssetKind>().Select(Lower);

        Assert.Equal(kinds, Words("fleet", "#/$defs/asset/properties/kind"));
        Assert.Equal(Enum.GetNames<PlaceKind>().Select(Lower), Words("fleet", "#/$defs/place/properties/kind"));
        Assert.Equal(kinds, Words("alarm-rule", "#/properties/kinds/items"));
        Assert.Equal(Enum.GetNames<AlarmSeverity>().Select(Lower), Words("alarm-rule", "#/properties/severity"));
        Assert.Equal(Enum.GetNames<AlarmSeverity>().Select(Lower), Words("alarm-rule", "#/$defs/rung/properties/severity"));
        Assert.Equal(Enum.GetNames<RateDirection>().Select(Lower), Words("alarm-rule", "#/properties/condition/oneOf/2/properties/direction"));
        Assert.Equal(Enum.GetNames<WindowStatistic>().Select(Lower), Words("alarm-rule", "#/properties/condition/oneOf/4/properties/statistic"));
        Assert.Equal(WindowSpans.All.ToArray().Select(s => s.ShortName()), Words("alarm-rule", "#/properties/condition/oneOf/4/properties/window"));
        Assert.Equal(kinds, Words("subscription", "#/$defs/scope/properties/kinds/items"));
        Assert.Equal(Enum.GetNames<AlarmSeverity>().Select(Lower), Words("subscription", "#/$defs/severity"));
        Assert.Equal(Enum.GetNames<AlarmStep>().Select(Lower), Words("subscription", "#/$defs/scope/properties/steps/items"));
        Assert.Equal(Enum.GetNames<WebhookFormat>().Select(Lower), Words("subscription", "#/$defs/webhook/properties/format"));
        Assert.Equal(Enum.GetNames<MeasurandKind>().Select(Lower), Words("profile", "#/$defs/measurand/properties/kind"));
        foreach (var (pointer, member, shell) in new[]
        {
            ("#/$defs/message/properties/format", "format", """{"messages":[{"format":"?"}]}"""),
            ("#/$defs/message/properties/unmapped", "unmapped", """{"messages":[{"unmapped":"?"}]}"""),
            ("#/$defs/message/properties/split", "split", """{"messages":[{"split":"?"}]}"""),
            ("#/$defs/time/properties/format", "format", """{"messages":[{"format":"json","fields":[{"path":"a","measurand":"co2"}],"time":{"path":"t","format":"?"}}]}"""),
            ("#/$defs/field/properties/null", "null", """{"messages":[{"fields":[{"measurand":"co2","null":"?"}]}]}"""),
            ("#/$defs/field/properties/other", "other", """{"messages":[{"fields":[{"measurand":"co2","other":"?"}]}]}"""),
        })
        {
            var fault = Assert.Single(Read("profile", shell), f => f.Problem.StartsWith("'?'", StringComparison.Ordinal));
            Assert.EndsWith(member, fault.Path, StringComparison.Ordinal);
            Assert.Equal(fault.Cure["Write one of: ".Length..].Split(", ").Order(StringComparer.Ordinal), Words("profile", pointer).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void ShippedFiles_All_NameTheirSchemaAndOnlyItsMembers()
    {
        var files = Tree.Files("devices", "*.json").Where(f => !Tree.Relative(f).StartsWith("devices/schemas/", StringComparison.Ordinal) && !Tree.Relative(f).Contains("/cases/", StringComparison.Ordinal)).ToList();

        Assert.Contains(files, f => f.EndsWith("shelly-pro-3em/profile.json", StringComparison.Ordinal));
        Assert.All(files, file =>
        {
            var root = JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!;
            string? schema = (string?)root["$schema"];
            Assert.True(schema is not null, $"{Tree.Relative(file)} names no $schema");
            string target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, schema));
            Assert.True(File.Exists(target), $"{Tree.Relative(file)}: {schema} is no file");
            string kind = Tree.Relative(file).Split('/')[1].TrimEnd('s');
            Assert.Equal($"{kind}.schema.json", Path.GetFileName(target));
            var faults = SchemaCheck.Run(JsonNode.Parse(File.ReadAllText(target))!, root);
            Assert.True(faults.Count == 0, $"{Tree.Relative(file)}\n{string.Join('\n', faults)}");
        });
    }

    internal static JsonNode At(JsonNode root, string pointer) =>
        pointer.Split('/').Skip(1).Aggregate(root, (node, step) => (node is JsonArray items ? items[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : node[step]) ?? throw new InvalidOperationException($"{pointer} is not in the schema"));

    private static IEnumerable<string> Words(string schema, string pointer) => At(Schema(schema), pointer)["enum"]!.AsArray().Select(w => (string)w!);

    private static JsonNode Schema(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Tree.Root, "devices", "schemas", $"{name}.schema.json")))!;

    private static IReadOnlyList<FileFault> Read(string schema, string probe)
    {
        var faults = new FileFaults();
        byte[] utf8 = Encoding.UTF8.GetBytes(probe);
        switch (schema)
        {
            case "fleet":
                FleetReader.Read("probe", utf8, faults);
                break;
            case "alarm-rule":
                AlarmRuleReader.Read("probe", "probe", utf8, new MeasurandCatalog(), faults);
                break;
            case "subscription":
                using (var webhook = new WebhookMeans(new WebhookOptions(), TimeProvider.System))
                {
                    new SubscriptionReader(new SubscriptionPlaces([], [], isOpen: true), [webhook, new EmailMeans(new EmailOptions(), null)]).Read("probe", "probe", utf8, mayHoldSecrets: false, faults);
                }

                break;
            default:
                using (var folder = new TempFolder())
                {
                    Directory.CreateDirectory(Path.Combine(folder.Path, "probe"));
                    File.WriteAllBytes(Path.Combine(folder.Path, "probe", "profile.json"), utf8);
                    ProfileCatalog.Load(folder.Path, faults);
                }

                break;
        }

        return faults.All;
    }

    private static IEnumerable<JsonNode> Walk(JsonNode node)
    {
        yield return node;
        var below = node switch
        {
            JsonObject o => o.Select(p => p.Value),
            JsonArray a => a,
            _ => [],
        };
        foreach (var child in below.OfType<JsonNode>().SelectMany(Walk))
        {
            yield return child;
        }
    }

    private static string Lower(string word) => char.ToLowerInvariant(word[0]) + word[1..];
}
