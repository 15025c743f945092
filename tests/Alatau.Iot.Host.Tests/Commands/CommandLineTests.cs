using Alatau.Iot.Host.Commands;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Host.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("", "demo", "run", "simulate", "check", "credentials", "ledger", "bench", "influx")]
    [InlineData("demo", "--scenario", "--config", "--data", "--devices", "--mqtt-port", "--http-port", "--set")]
    [InlineData("run", "--config", "--data", "--devices", "--mqtt-port", "--http-port", "--set")]
    [InlineData("check", "--config", "--devices", "--set")]
    [InlineData("simulate", "--broker", "--scenario", "--recordings", "--seed", "--speed", "--duration", "--qos", "--truth", "--ca")]
    [InlineData("bench", "--broker", "--messages", "--publishers", "--assets", "--qos", "--in-flight", "--rate", "--seed")]
    [InlineData("replay", "--journal", "--csv", "--asset", "--columns", "--time-column", "--time-format", "--time-zone", "--step", "--from", "--to", "--into", "--devices", "--config", "--set")]
    [InlineData("quarantine", "list", "show", "replay")]
    [InlineData("quarantine list", "--reason", "unknownDevice", "--route", "--topic", "--asset", "--from", "--to", "--limit", "--replayed", "--url", "--user", "--password-file", "--data", "--devices", "--config", "--set")]
    [InlineData("quarantine show", "<number>", "--url", "--data")]
    [InlineData("quarantine replay", "<number>", "--reason", "--json", "--url", "--data")]
    [InlineData("ledger", "--url", "--user", "--password-file", "--json")]
    [InlineData("credentials", "add", "remove", "list")]
    [InlineData("credentials add", "<name>", "--role", "--asset", "--filter", "--password-file", "--data")]
    [InlineData("credentials remove", "<name>", "--data")]
    [InlineData("credentials list", "--data")]
    [InlineData("rules", "list", "check", "try")]
    [InlineData("rules list", "--devices", "--config", "--set")]
    [InlineData("rules check", "<rule>", "--devices", "--config", "--set")]
    [InlineData("rules try", "<rule>", "--from", "--to", "--site", "--asset", "--operators", "--limit", "--data", "--devices", "--config", "--set")]
    [InlineData("influx", "setup", "check")]
    [InlineData("influx setup", "--shorten", "--config", "--set")]
    [InlineData("influx check", "--config", "--set")]
    public async Task Run_Help_EndsWellAndNamesWhatThereIs(string verb, params string[] named)
    {
        var (code, output, error) = await RunAsync([.. verb.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.All(named, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "Try --help.")]
    [InlineData("fly", "fly")]
    [InlineData("run --height 3", "--height")]
    [InlineData("run --mqtt-port many", "many")]
    [InlineData("ledger --url platform", "--url platform")]
    [InlineData("quarantine list --reason ugly", "--reason ugly")]
    [InlineData("replay", "--into")]
    [InlineData("replay --into /nowhere/new", "--journal DIR, or --csv FILE")]
    [InlineData("replay --into /nowhere/new --journal /nowhere", "there is no journal")]
    [InlineData("quarantine list --from yesterday", "--from yesterday")]
    [InlineData("quarantine list --asset green", "--asset green")]
    [InlineData("quarantine list --limit 0", "--limit")]
    [InlineData("quarantine list --url http://127.0.0.1:1 --data /tmp", "--data")]
    [InlineData("ledger --user somebody", "--password-file")]
    [InlineData("rules try", "Try --help.")]
    [InlineData("rules try voltage-high --from noon", "--from noon")]
    [InlineData("rules try voltage-high --asset green", "site/asset")]
    [InlineData("rules try voltage-high --operators 0", "--operators")]
    [InlineData("credentials", "Try --help.")]
    [InlineData("credentials add", "Try --help.")]
    [InlineData("credentials add m --role device", "--asset SITE/ASSET")]
    [InlineData("credentials add m --asset green", "site/asset")]
    [InlineData("credentials add m --role operator --password-file /nowhere", "there is no such file")]
    [InlineData("simulate --broker http://x", "--broker")]
    [InlineData("simulate --speed fast", "--speed fast")]
    [InlineData("simulate --duration long", "--duration long")]
    [InlineData("simulate --qos 2", "--qos")]
    [InlineData("simulate --scenario atlantis", "atlantis")]
    [InlineData("bench --broker x", "--broker")]
    [InlineData("bench --qos 2", "QoS")]
    [InlineData("influx", "Try --help.")]
    [InlineData("influx check --shorten", "--shorten")]
    [InlineData("influx check --set Storage:Influx:Bukket=x", "Bukket")]
    [InlineData("influx setup --set Storage:Retention:RawDays=-1", "RawDays")]
    public async Task Run_WhatCannotBe_IsNamedWithExitCodeTwoAndStartsNothing(string line, string named)
    {
        var (code, _, error) = await RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CredentialsWithoutPasswordFile_PrintsOneOnceThatWorks()
    {
        using var data = new TempFolder();
        var (code, output, _) = await RunAsync(["credentials", "add", "olga", "--role", "operator", "--data", data.Path]);
        Assert.Equal(0, code);
        string password = output.Split("with password ")[1].Split(' ')[0];
        using var file = new Mqtt.Identity.CredentialFile(data.File("credentials.json"), TimeProvider.System);
        var answer = await file.AuthenticateAsync(new Mqtt.Identity.MqttCredentials("olga", System.Text.Encoding.UTF8.GetBytes(password), new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1)), default);
        Assert.NotNull(answer.Identity);
        Assert.DoesNotContain(password, (await RunAsync(["credentials", "list", "--data", data.Path])).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failure, (await RunAsync(["credentials", "remove", "nobody", "--data", data.Path])).Code);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await CommandLine.RunAsync(arguments, output, error);
        return (code, output.ToString(), error.ToString());
    }
}
