using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Who may connect, and to what, from the command line to the wire.</summary>
public sealed class CredentialsTests
{
    private const string Secret = "seven green apples";
    private const string Payload = """{"v":{"activePower":17}}""";

    [Fact]
    public async Task Credentials_AddedAndRemoved_RuleTheWire()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            await AddAsync(folder, "meter-17", "--role", "device", "--asset", "green/meter-17");
            await AddAsync(folder, "olga", "--role", "operator");
            await AddAsync(folder, "gateway", "--role", "service");
            string file = Path.Combine(folder, "credentials.json");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            await AssertListHidesSecretsAsync(folder, file);

            await using var platform = await AlatauProcess.StartAsync("run", ["--set", "Ingest:AutoRegister=true"], folder);
            int port = platform.MqttPort;
            await AssertStrangersAreRefusedAsync(port);

            // The operator sees all that is published; the device and the service publish.
            await using var olga = await MosquittoClients.SubscribeAsync(port, "alatau/#", "-V", "5", "-u", "olga", "-P", Secret, "-F", "seen %t");
            Assert.Equal(0, (await PublishAsync(port, "5", "meter-17", "green/meter-17")).ExitCode);
            Assert.Equal(0, (await PublishAsync(port, "311", "meter-17", "green/meter-17")).ExitCode);
            Assert.Equal(0, (await PublishAsync(port, "5", "gateway", "gate/behind-gateway")).ExitCode);
            await olga.WaitForAsync("seen alatau/v1/green/meter-17/telemetry", AlatauProcess.Patience);
            await olga.WaitForAsync("seen alatau/v1/gate/behind-gateway/telemetry", AlatauProcess.Patience);
            await platform.UntilAsync("api/v1/assets/green/meter-17", a => a.ValueOf("activePower") == 17);
            Assert.DoesNotContain("denied", olga.Output, StringComparison.Ordinal);

            // 5.0 is told the reason; 3.1.1 has no words for it, so its connection is closed.
            var foreign = await PublishAsync(port, "5", "meter-17", "green/meter-18");
            Assert.Contains("Not authorized", foreign.Output, StringComparison.Ordinal);
            var foreignOld = await PublishAsync(port, "311", "meter-17", "green/meter-18");
            Assert.NotEqual(0, foreignOld.ExitCode);
            Assert.Contains("connection was lost", foreignOld.Output, StringComparison.Ordinal);
            await AssertDeviceReadsOnlyItsOwnAsync(port);
            Assert.Contains("Not authorized", (await PublishAsync(port, "5", "olga", "green/meter-17")).Output, StringComparison.Ordinal);
            Assert.DoesNotContain((await platform.GetAsync("api/v1/assets?text=meter-18")).Items, _ => true);
            Assert.Equal(2 + 1, await platform.MetricAsync("alatau_mqtt_events_total{event=\"PublishNotAuthorised\"}"));

            // Removing a user ends what he has open.
            Assert.Equal(0, (await AlatauProcess.RunToEndAsync("credentials", "remove", "olga", "--data", folder)).ExitCode);
            await olga.WaitForAsync("DISCONNECT (135)", AlatauProcess.Patience);
            Assert.True(await platform.UntilMetricAsync("alatau_mqtt_events_total{event=\"CredentialsWithdrawn\"}", v => v >= 1) >= 1);
            Assert.NotEqual(0, (await PublishAsync(port, "5", "olga", "green/meter-17")).ExitCode);
            Assert.Equal(0, (await PublishAsync(port, "5", "meter-17", "green/meter-17")).ExitCode);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Run_OnAnAddressOthersReachWithoutCredentials_RefusesWithTheCure()
    {
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            var refused = await AlatauProcess.RunToEndAsync("run", "--data", folder, "--mqtt-port", "0", "--http-port", "0", "--set", "Platform:Bind=0.0.0.0");
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("no credentials", refused.Output, StringComparison.Ordinal);
            Assert.Contains("alatau credentials add NAME", refused.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task AddAsync(string folder, string name, params string[] more)
    {
        var added = await AlatauProcess.RunToEndAsync(Secret + "\n", ["credentials", "add", name, "--data", folder, "--password-file", "-", .. more]);
        Assert.True(added.ExitCode == 0, added.Output);
        Assert.DoesNotContain(Secret, added.Output, StringComparison.Ordinal);
    }

    private static async Task AssertListHidesSecretsAsync(string folder, string file)
    {
        var list = await AlatauProcess.RunToEndAsync("credentials", "list", "--data", folder);
        Assert.Equal(0, list.ExitCode);
        Assert.All(new[] { "meter-17", "green/meter-17", "olga", "gateway", "3 users." }, part => Assert.Contains(part, list.Output, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(await File.ReadAllTextAsync(file));
        foreach (var user in document.RootElement.GetProperty("users").EnumerateArray())
        {
            Assert.DoesNotContain(user.Text("hash"), list.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(user.Text("salt"), list.Output, StringComparison.Ordinal);
        }
    }

    private static async Task AssertStrangersAreRefusedAsync(int port)
    {
        foreach (string version in new[] { "5", "311" })
        {
            var anonymous = await MosquittoClients.PublishAsync(port, "alatau/v1/green/meter-17/telemetry", Payload, "-V", version, "-q", "1");
            Assert.NotEqual(0, anonymous.ExitCode);
            var wrong = await MosquittoClients.PublishAsync(port, "alatau/v1/green/meter-17/telemetry", Payload, "-V", version, "-q", "1", "-u", "meter-17", "-P", "not this one");
            Assert.NotEqual(0, wrong.ExitCode);
            Assert.Contains("bad user name or password", wrong.Output, StringComparison.OrdinalIgnoreCase);
        }
    }

    private static async Task AssertDeviceReadsOnlyItsOwnAsync(int port)
    {
        await using var own = await MosquittoClients.SubscribeAsync(port, "alatau/v1/green/meter-17/#", "-V", "5", "-u", "meter-17", "-P", Secret);
        Assert.DoesNotContain("denied", own.Output, StringComparison.Ordinal);
        foreach (string filter in new[] { "alatau/#", "alatau/v1/green/meter-18/telemetry", "#" })
        {
            await using var other = await MosquittoClients.SubscribeAsync(port, filter, "-V", "5", "-u", "meter-17", "-P", Secret);
            await other.WaitForAsync("All subscription requests were denied", AlatauProcess.Patience);
        }
    }

    private static Task<(int ExitCode, string Output)> PublishAsync(int port, string version, string user, string asset) =>
        MosquittoClients.PublishAsync(port, $"alatau/v1/{asset}/telemetry", Payload, "-V", version, "-q", "1", "-u", user, "-P", Secret);
}
