using System.Text;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

/// <summary>A person's mistakes in profiles are told all at once, with file, path and cure.</summary>
public sealed class ProfileFaultsTests
{
    private static string[] Load(params (string Name, string Json)[] profiles)
    {
        using var folder = new TempFolder();
        foreach (var (name, json) in profiles)
        {
            Directory.CreateDirectory(Path.Combine(folder.Path, name));
            File.WriteAllText(Path.Combine(folder.Path, name, "profile.json"), json);
        }

        var faults = new FileFaults();
        ProfileCatalog.Load(folder.Path, faults);
        return [.. faults.All.Select(f => $"{Path.GetFileName(Path.GetDirectoryName(f.File))} {f.Path}: {f.Problem}. {f.Cure}")];
    }

    [Fact]
    public void Load_FaultsInSeveralFiles_AreAllReported()
    {
        string[] faults = Load(
            ("a", """{"displayName":"A","messages":[{"topics":["a/{device}"],"format":"json","feilds":[],"fields":[{"path":"p","measurand":"activPower"},{"path":"x..y","measurand":"co2"},{"path":"e","measurand":"energyImport","unit":"kW"}]}]}"""),
            ("b", """{"messages":[{"topics":["b/{device}/x#"],"format":"jsn"}],"timeZone":"Mars/Base"}"""),
            ("c", "{ not json"),
            ("d", """{"displayName":"D","messages":[{"topics":["d/{serial}"],"format":"native","fields":[]}]}"""));

        string all = string.Join('\n', faults);
        Assert.Contains("a $.messages[0].fields[0].measurand: 'activPower' is no measurand. Did you mean 'activePower'? Write one of: activePower, ambientTemperature", all, StringComparison.Ordinal);
        Assert.Contains("a $.messages[0].fields[1].path: 'x..y' is no path", all, StringComparison.Ordinal);
        Assert.Contains("a $.messages[0].fields[2].unit: 'kW' does not become Wh, the unit of energyImport. Write one of: GJ, GWh", all, StringComparison.Ordinal);
        Assert.Contains("a $.messages[0].feilds: Nothing of this name is known here", all, StringComparison.Ordinal);
        Assert.Contains("b $.displayName: Missing", all, StringComparison.Ordinal);
        Assert.Contains("b $.timeZone: 'Mars/Base' is no time zone", all, StringComparison.Ordinal);
        Assert.Contains("b $.messages[0].topics[0]: 'b/{device}/x#' is no topic template", all, StringComparison.Ordinal);
        Assert.Contains("b $.messages[0].format: 'jsn' is not known here. Write one of: native, json, scalar, senml-json, senml-cbor, sparkplug-b", all, StringComparison.Ordinal);
        Assert.Contains("c $: Not valid JSON at line 1", all, StringComparison.Ordinal);
        Assert.Contains("d $.messages[0].device: '{device}' can't be composed from topic 'd/{serial}'", all, StringComparison.Ordinal);
        Assert.Contains("d $.messages[0].fields: Format native has no use for it", all, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TemplatesOfOneShape_AreReportedBetweenProfiles()
    {
        string[] faults = Load(
            ("a", """{"displayName":"A","messages":[{"topics":["x/{device}/state"],"format":"native"}]}"""),
            ("b", """{"displayName":"B","messages":[{"topics":["x/{serial}/state"],"device":"{serial}","format":"native"}]}"""));

        string fault = Assert.Single(faults);
        Assert.StartsWith("b $.messages: Topic 'x/{serial}/state' matches the same topics as 'x/{device}/state' of profile 'a'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MeasurandsDeclaredDifferently_AreReported()
    {
        string Profile(string name, string unit) => $$"""{"displayName":"{{name}}","measurands":[{"name":"waterDepth","unit":"{{unit}}","kind":"gauge","minimum":0,"maximum":9,"meaning":"Depth."}],"messages":[{"topics":["{{name}}/{device}"],"format":"native"}]}""";

        Assert.Empty(Load(("a", Profile("a", "m3")), ("b", Profile("b", "m3"))));
        Assert.Contains("'waterDepth' is known already, by profile 'a'", Assert.Single(Load(("a", Profile("a", "m3")), ("b", Profile("b", "1")))), StringComparison.Ordinal);
        Assert.Contains("'kWh' is no canonical unit", Assert.Single(Load(("a", Profile("a", "kWh")))), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderWithoutFileOrMissingFolder_IsReported()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "empty"));
        var faults = new FileFaults();

        ProfileCatalog.Load(folder.Path, faults);
        ProfileCatalog.Load(Path.Combine(folder.Path, "nowhere"), faults);

        Assert.Equal(["The folder holds no profile.json", "This folder of profiles does not exist"], faults.All.Select(f => f.Problem));
    }

    [Theory]
    [InlineData("z/{d...}/availability", "z/a/b/availability", true)]
    [InlineData("z/{d...}/availability", "z/availability", false)]
    [InlineData("z/{d...}", "z/a/b/c", true)]
    [InlineData("z/{d...}", "z", false)]
    [InlineData("z/#", "z", true)]
    [InlineData("z/#", "z/a/b", true)]
    [InlineData("z/#", "zz", false)]
    [InlineData("{d:shelly*}/status", "shellypro-1/status", true)]
    [InlineData("{d:shelly*}/status", "sonoff-1/status", false)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/+/c", "a//c", false)]
    public void Matches_Template_FollowsItsLevels(string template, string topic, bool expected)
    {
        var parsed = Ingest.Decoding.Topics.TopicTemplate.Parse(template, out string problem);
        Assert.True(parsed is not null, problem);
        byte[] utf8 = Encoding.UTF8.GetBytes(topic);
        Span<int> ends = stackalloc int[64];
        int levels = Ingest.Decoding.Topics.TopicTemplate.Split(utf8, ends);

        Assert.Equal(expected, parsed.Matches(utf8, ends[..levels]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/#/b")]
    [InlineData("a/{}/b")]
    [InlineData("a/{x...}/{y...}")]
    [InlineData("a/{x}/{x}")]
    [InlineData("a/b{x}")]
    public void Parse_FaultyTemplate_SaysWhy(string template)
    {
        Assert.Null(Ingest.Decoding.Topics.TopicTemplate.Parse(template, out string problem));
        Assert.NotEmpty(problem);
    }

    [Theory]
    [InlineData("zigbee2mqtt/a/b/availability", "a/b", "zigbee2mqtt")]
    [InlineData("zigbee2mqtt/a/b", "a/b", "zigbee2mqtt")]
    [InlineData("N/p1/battery/7/Dc/0/Voltage", "p1/battery/7", "victron")]
    [InlineData("shellypro3em-1/status/em:0", "shellypro3em-1", "shelly-pro-3em")]
    [InlineData("spBv1.0/g/DDATA/n/d", "g/n/d", "sparkplug-b")]
    [InlineData("spBv1.0/g/NDATA/n", "g/n", "sparkplug-b")]
    public void TryMatch_ShippedTemplates_GiveTheDevice(string topic, string device, string profile)
    {
        Assert.True(DecodingFixture.Shipped.TryMatch(Encoding.UTF8.GetBytes(topic), out var match));
        Assert.Equal((device, profile, false), (match.DeviceKey, match.Profile.Name, match.IsIgnored));
    }

    [Fact]
    public void TopicFilters_Shipped_CoverTheirTemplates()
    {
        Assert.Equal(["alatau/v1/+/+/telemetry"], DecodingFixture.Shipped.Profiles.Single(p => p.Name == "native").TopicFilters);
        Assert.Equal(["tele/+/SENSOR", "stat/+/STATUS8", "stat/+/STATUS10", "tele/+/LWT"], DecodingFixture.Shipped.Profiles.Single(p => p.Name == "tasmota-energy").TopicFilters);
        Assert.Contains("zigbee2mqtt/#", DecodingFixture.Shipped.Profiles.Single(p => p.Name == "zigbee2mqtt").TopicFilters);
    }
}
