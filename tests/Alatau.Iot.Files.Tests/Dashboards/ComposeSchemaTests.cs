using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Files.Tests.Dashboards;

/// <summary>docker-compose.yml by the compose specification's own JSON schema, and by <c>docker compose</c> itself where it is installed.</summary>
public sealed class ComposeSchemaTests : IDisposable
{
    private static readonly string s_folder = Path.Combine(Tree.Root, "tests", "Alatau.Iot.Files.Tests", "oracle");

    private readonly string _work = Directory.CreateTempSubdirectory("alatau-compose-").FullName;

    private static string? Missing =>
        ProcessPeer.Find("node") is null ? "node isn't installed"
        : !Directory.Exists(Path.Combine(s_folder, "node_modules", "dclint")) ? $"'npm install' has not been run in {s_folder}"
        : null;

    public void Dispose() => Directory.Delete(_work, recursive: true);

    [Fact]
    public async Task Compose_BySpecificationsSchema_HasNoFault()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        Assert.Equal("", await FaultsAsync());
    }

    [Theory]
    [InlineData("""{"services":{"platform":{"port":["1:1"]}}}""", "port")]
    [InlineData("""{"services":{"influxdb":{"healthcheck":{"retries":[1]}}}}""", "/services/influxdb/healthcheck/retries")]
    [InlineData("""{"services":{"grafana":{"depends_on":{"influxdb":{"condition":"sometimes"}}}}}""", "/services/grafana/depends_on")]
    [InlineData("""{"volume":{}}""", "volume")]
    public async Task Compose_WithAFault_IsRefusedBySchema(string overlay, string place)
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        Assert.Contains(place, await FaultsAsync(overlay), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_MadeAsTheExampleSays_HoldsEveryVariableWithSecretsOfItsOwnAndIsNeverOverwritten()
    {
        File.Copy(Path.Combine(Tree.Root, ".env.example"), Path.Combine(_work, ".env.example"));
        string command = (await File.ReadAllLinesAsync(Path.Combine(_work, ".env.example"), TestContext.Current.CancellationToken)).Single(line => line.Contains("openssl", StringComparison.Ordinal)).TrimStart('#', ' ');
        Assert.Contains(command, await File.ReadAllTextAsync(Path.Combine(Tree.Root, "dashboards", "README.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Assert.Equal("", await ShellAsync(command));
        string made = Path.Combine(_work, ".env");
        string text = await File.ReadAllTextAsync(made, TestContext.Current.CancellationToken);
        var values = text.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        string[] secrets = [.. values.Where(pair => pair.Key.Contains("PASSWORD", StringComparison.Ordinal) || pair.Key.Contains("TOKEN", StringComparison.Ordinal)).Select(pair => pair.Value)];
        Assert.Equal(5, secrets.Distinct(StringComparer.Ordinal).Count());
        Assert.All(secrets, secret => Assert.Matches("^[0-9a-f]{48}$", secret));
        Assert.DoesNotContain("generate", values.Values);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made));
        }

        // What compose demands (":?") is there.
        string compose = await File.ReadAllTextAsync(Path.Combine(Tree.Root, "docker-compose.yml"), TestContext.Current.CancellationToken);
        string[] demanded = [.. compose.Split("${").Skip(1).Select(part => part.Split('}')[0]).Where(part => part.Contains(":?", StringComparison.Ordinal)).Select(part => part.Split(':')[0]).Distinct(StringComparer.Ordinal)];
        Assert.NotEmpty(demanded);
        Assert.All(demanded, name => Assert.True(values.ContainsKey(name), name));

        Assert.Equal("", await ShellAsync(command));
        Assert.Equal(text, await File.ReadAllTextAsync(made, TestContext.Current.CancellationToken));
        await ConfigIfThereAsync(made);
    }

    /// <summary>The compose plug-in of Docker needs no engine for it. Where it isn't installed, the schema above is the only judge, and that is said.</summary>
    private async Task ConfigIfThereAsync(string environment)
    {
        string? docker = ProcessPeer.Find("docker");
        if (docker is not null)
        {
            await using var version = ProcessPeer.Start(docker, ["compose", "version"]);
            docker = await version.WaitForExitAsync() == 0 ? docker : null;
        }

        if (docker is null)
        {
            TestContext.Current.TestOutputHelper?.WriteLine("docker compose isn't installed: 'docker compose config' was not run.");
            return;
        }

        await using var config = ProcessPeer.Start(docker, ["compose", "--file", Path.Combine(Tree.Root, "docker-compose.yml"), "--env-file", environment, "--profile", "demo", "--profile", "broker", "config", "--quiet"]);
        Assert.True(await config.WaitForExitAsync() == 0, config.Output);
    }

    private async Task<string> ShellAsync(string command)
    {
        await using var shell = ProcessPeer.Start("/bin/bash", ["-euc", $"cd '{_work}' && {{ {command}; }}"]);
        Assert.True(await shell.WaitForExitAsync() == 0, shell.Output);
        return shell.Output.Trim();
    }

    private static async Task<string> FaultsAsync(string? overlay = null)
    {
        await using var oracle = ProcessPeer.Start(ProcessPeer.Find("node")!, [Path.Combine(s_folder, "compose.js"), Path.Combine(Tree.Root, "docker-compose.yml"), .. overlay is null ? Array.Empty<string>() : [overlay]]);
        Assert.True(await oracle.WaitForExitAsync() == 0, oracle.Output);
        return oracle.Output.Trim();
    }
}
