using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Alatau.Iot.Files.Tests.Dashboards;

/// <summary>A YAML file as JSON, anchors and merge keys resolved as the tools that read it do.</summary>
internal static class YamlFile
{
    internal static JsonNode Read(string relative)
    {
        using var text = new StreamReader(Path.Combine(Tree.Root, relative));
        var parser = new MergingParser(new Parser(text));
        object? graph = new DeserializerBuilder().Build().Deserialize(parser);
        return JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(graph))!;
    }
}
