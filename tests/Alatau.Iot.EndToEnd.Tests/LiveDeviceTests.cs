using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Devices and senders of several tongues against one running platform.</summary>
public sealed class LiveDeviceTests(LiveDeviceTests.Running running) : IClassFixture<LiveDeviceTests.Running>
{
    private AlatauProcess Platform => running.Platform;

    [Fact]
    public async Task Publish_RealShellyStatus_ShowsWattsVoltsAmperesAndWattHours()
    {
        string file = SharedData.PathOf("payloads/shelly_pro3em_status.json");
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        await using (var publisher = MosquittoClients.StartPublisher(Platform.MqttPort, "-q", "1", "-t", "shellypro3em-aabbccddeeff/status", "-f", file))
        {
            Assert.Equal(0, await publisher.WaitForExitAsync(AlatauProcess.Patience));
        }

        var asset = await Platform.UntilAsync("api/v1/assets/field/shellypro3em-aabbccddeeff", a => a.GetProperty("values").GetArrayLength() > 20);
        var values = asset.Values;
        (string Measurand, double Value, string Unit)[] expected =
        [
            ("activePower", 558.965, "W"), ("activePower.l1", 375.5, "W"), ("activePower.l2", 170.8, "W"), ("activePower.l3", 12.7, "W"),
            ("apparentPower", 882.413, "VA"), ("voltage.l1", 229.0, "V"), ("voltage.l2", 229.0, "V"), ("voltage.l3", 229.2, "V"),
            ("current", 3.856, "A"), ("current.l1", 2.392, "A"), ("frequency.l1", 50, "Hz"), ("powerFactor.l2", 0.78, "1"),
            ("energyImport", 2589773.39, "Wh"), ("energyImport.l3", 369469.8, "Wh"), ("energyExport", 1026.61, "Wh"), ("deviceTemperature", 46.6, "degC"),
        ];
        Assert.All(expected, e =>
        {
            Assert.Equal(e.Value, values[e.Measurand].Double("value"));
            Assert.Equal(e.Unit, values[e.Measurand].Text("unit"));
            Assert.Equal("good", values[e.Measurand].Text("quality"));
        });

        // Null in the file: a sensor that isn't fitted.
        Assert.False(values.ContainsKey("current.n"));
    }

    [Fact]
    public async Task Post_TelemetryByCurl_IsTakenAndListedInTheApiDocument()
    {
        string curl = ProcessPeer.Find("curl") ?? "";
        Assert.SkipWhen(curl.Length == 0, "curl isn't installed");
        await using var post = ProcessPeer.Start(
            curl, ["-s", "-w", " %{http_code}", "-H", "Content-Type: application/json", "-d", """{"v":{"co2":612.5}}""", new Uri(Platform.Http.BaseAddress!, "api/v1/telemetry?site=golden&asset=curled").ToString()]);
        Assert.Equal(0, await post.WaitForExitAsync(AlatauProcess.Patience));
        Assert.Contains("""{"accepted":1} 202""", post.Output, StringComparison.Ordinal);
        await Platform.UntilAsync("api/v1/assets/golden/curled", a => a.ValueOf("co2") == 612.5);
        await Platform.QuietLedgerAsync(l => l.GetProperty("byRoute").GetProperty("http").Long("stored") >= 1);

        var document = await Platform.GetAsync("openapi/v1.json");
        Assert.True(document.GetProperty("paths").GetProperty("/api/v1/telemetry").TryGetProperty("post", out _));

        // A request that was read to its end leaves nothing in the log.
        Assert.DoesNotContain("fail:", Platform.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readings_AllOfThemUnusable_DoNotHideTheAssetFromApiAndConsole()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        var sent = await MosquittoClients.PublishAsync(Platform.MqttPort, "alatau/v1/green/only-bad/telemetry", """{"v":{"activePower":"NaN"}}""", "-q", "1");
        Assert.Equal(0, sent.ExitCode);
        var asset = await Platform.UntilAsync("api/v1/assets/green/only-bad", a => a.Text("asset") == "only-bad" && a.GetProperty("lastReceivedAt").ValueKind == JsonValueKind.String);
        Assert.Equal(JsonValueKind.Null, asset.GetProperty("lastMeasuredAt").ValueKind);
        Assert.Contains((await Platform.GetAsync("api/v1/assets?site=green&limit=1000")).Items, a => a.Text("asset") == "only-bad");
        Assert.Contains("only-bad", await Platform.Http.GetStringAsync(new Uri("?q=only-bad", UriKind.Relative)), StringComparison.Ordinal);
    }

    /// <summary>The platform that these tests share.</summary>
    public sealed class Running : IAsyncLifetime
    {
        public AlatauProcess Platform { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Platform = await AlatauProcess.StartAsync("run", ["--set", "Ingest:AutoRegister=true"]);

        public ValueTask DisposeAsync() => Platform.DisposeAsync();
    }
}
