using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Alatau.Iot.Files.Tests.Dashboards;

/// <summary>Everything docker-compose.yml, the Dockerfile and .env.example speak of exists, and what must hold of each service holds.</summary>
public sealed partial class ComposeTests
{
    private readonly JsonNode _compose = YamlFile.Read("docker-compose.yml");

    private IEnumerable<KeyValuePair<string, JsonNode?>> Services => _compose["services"]!.AsObject();

    [Fact]
    public void Images_FromOutside_ArePinnedToAVersion() =>
        Assert.All(Services.Where(s => s.Value!["build"] is null), s => Assert.Matches(@"^[a-z/-]+:\d+\.\d+\.\d+$", (string?)s.Value!["image"]));

    [Fact]
    public void Ports_Published_AreGrafanaConsoleAndMqttOnly() =>
        Assert.Equal(["${CONSOLE_PORT:-8080}:8080", "${GRAFANA_PORT:-3000}:3000", "${MQTT_PORT:-1883}:1883"], Services.SelectMany(s => s.Value!["ports"]?.AsArray() ?? []).Select(port => (string)port!).Order(StringComparer.Ordinal));

    [Fact]
    public void Variables_All_AreInTheExampleAndTheOtherWayRound()
    {
        string text = File.ReadAllText(Path.Combine(Tree.Root, "docker-compose.yml"));
        var used = Variable().Matches(text.Replace("$$", "", StringComparison.Ordinal)).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        var offered = File.ReadLines(Path.Combine(Tree.Root, ".env.example")).Select(line => Setting().Match(line)).Where(match => match.Success).Select(match => match.Groups["name"].Value).Order(StringComparer.Ordinal);

        Assert.Equal(used, offered);
    }

    [Fact]
    public void Secrets_All_AreDemandedAndNowhereWritten()
    {
        string text = File.ReadAllText(Path.Combine(Tree.Root, "docker-compose.yml"));

        Assert.All(Secret().Matches(text.Replace("$$", "", StringComparison.Ordinal)), match => Assert.StartsWith(":?", match.Groups["rest"].Value, StringComparison.Ordinal));
        Assert.All(File.ReadLines(Path.Combine(Tree.Root, ".env.example")).Where(line => line.Contains("PASSWORD", StringComparison.Ordinal) || line.StartsWith("INFLUX_TOKEN", StringComparison.Ordinal)), line => Assert.EndsWith("=generate", line, StringComparison.Ordinal));
    }

    [Fact]
    public void References_All_ExistInTheFile()
    {
        foreach (var (name, service) in Services)
        {
            foreach (string mount in (service!["volumes"]?.AsArray() ?? []).Select(volume => (string)volume!))
            {
                string source = mount.Split(':')[0];
                Assert.True(source.StartsWith("./", StringComparison.Ordinal) ? Path.Exists(Path.Combine(Tree.Root, source)) : _compose["volumes"]!.AsObject().ContainsKey(source), $"{name}: {source} is neither a volume nor in the tree");
            }

            Assert.All(service["configs"]?.AsArray() ?? [], config => Assert.True(_compose["configs"]!.AsObject().ContainsKey((string)config!["source"]!), $"{name}: {config!["source"]}"));
            Assert.All(service["networks"]?.AsArray() ?? [], network => Assert.True(_compose["networks"]!.AsObject().ContainsKey((string)network!), name));
            foreach (var (other, how) in service["depends_on"]?.AsObject() ?? [])
            {
                var target = Assert.Single(Services, s => s.Key == other).Value!;
                Assert.True((string?)how!["condition"] != "service_healthy" || target["healthcheck"] is not null || target["build"] is not null, $"{name} waits for the health of {other}, which has no check");
            }

            if (service["build"] is { } build)
            {
                Assert.True(File.Exists(Path.Combine(Tree.Root, (string)build["dockerfile"]!)), name);
                Assert.True(File.Exists(Path.Combine(Tree.Root, (string)build["args"]!["HOST_PROJECT"]!)), name);
            }
        }
    }

    [Fact]
    public void Services_Longlived_HaveHealthCheckAndGrace() =>
        Assert.All(Services.Where(s => (string?)s.Value!["restart"] != "no"), s =>
        {
            Assert.True(s.Value!["healthcheck"] is not null || s.Value["build"] is not null, $"{s.Key} has no health check");
            Assert.NotNull(s.Value["stop_grace_period"]);
        });

    [Fact]
    public void Platform_Services_RunReadOnlyWithoutCapabilities() =>
        Assert.All(Services.Where(s => s.Value!["build"] is not null), s =>
        {
            Assert.Equal("true", s.Value!["read_only"]!.ToString());
            Assert.Equal("ALL", (string?)Assert.Single(s.Value["cap_drop"]!.AsArray()));
        });

    [Fact]
    public void Dockerfile_Sources_ExistAndAreNotIgnored()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Tree.Root, "src", "Alatau.Iot.Host", "Dockerfile"));
        string[] kept = [.. File.ReadLines(Path.Combine(Tree.Root, ".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..])];
        var copied = lines.Select(line => Copy().Match(line)).Where(match => match.Success).Select(match => match.Groups["source"].Value.TrimEnd('/')).ToList();

        Assert.Equal([".editorconfig", "src", "devices"], copied);
        Assert.All(copied, source => Assert.True(Path.Exists(Path.Combine(Tree.Root, source)), source));
        Assert.All(copied, source => Assert.Contains(source, kept));
        Assert.Contains("USER $APP_UID", lines);
        Assert.Equal(2, lines.Count(line => line.StartsWith("FROM ", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\$\{(?<name>\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Variable();

    [GeneratedRegex(@"\$\{\w*(PASSWORD|TOKEN)(?<rest>[^}]*)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Secret();

    [GeneratedRegex(@"^(# )?(?<name>[A-Z_]+)=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^COPY (?!--)(?<source>\S+) ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Copy();
}
