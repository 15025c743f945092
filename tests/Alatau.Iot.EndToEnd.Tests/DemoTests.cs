using Alatau.Iot.Testing.Peers;
using Microsoft.Playwright;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>What a new user sees: the demo lives, in API and console.</summary>
public sealed class DemoTests(DemoTests.Demo demo) : IClassFixture<DemoTests.Demo>
{
    /// <summary>What the issue promises between the start and the first reading.</summary>
    private static readonly TimeSpan s_firstReading = TimeSpan.FromSeconds(10);

    private AlatauProcess Platform => demo.Platform;

    [Fact]
    public void Start_ShowsAFirstReadingWithinTenSeconds() => Assert.InRange(demo.FirstReadingAfter, TimeSpan.Zero, Promise.Here(s_firstReading));

    [Fact]
    public async Task CaughtUp_DistrictIsLiveWithLoadAndEnergyInEverySite()
    {
        var totals = await Platform.UntilAsync("api/v1/totals", t => t.GetProperty("city").Long("reporting") > 100);
        var city = totals.GetProperty("city");
        Assert.True(city.Double("loadWatts") > 10_000, totals.ToString());
        Assert.True(city.Double("energyImportTodayWattHours") > 0, totals.ToString());
        Assert.Equal(4, totals.GetProperty("sites").EnumerateArray().Count(s => s.GetProperty("totals").Double("loadWatts") > 0));
        await Platform.UntilAsync("api/v1/assets/gate/m-mall", a => a.ValueOf("activePower") > 0 && a.Double("ageSeconds") < 30);
        Assert.True((await Platform.GetAsync("api/v1/assets?limit=1000")).Items.Length > 100);
        await Platform.QuietLedgerAsync(l => l.Long("received") > 1000);
    }

    [Fact]
    public async Task ScenarioFault_RaisesItsAlarmInApiAndRetainedOnMqtt()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        var alarms = await Platform.UntilAsync("api/v1/alarms", a => a.Items.Any(i => i.Text("rule") == "voltage-high"));
        var alarm = alarms.Items.First(i => i.Text("rule") == "voltage-high");
        Assert.Equal("green/m-home-15", $"{alarm.Text("site")}/{alarm.Text("asset")}");
        Assert.Equal("unacknowledged", alarm.Text("state"));
        Assert.True(alarm.Double("value") >= 253, alarm.ToString());

        // The API may know of it before MQTT does; a first subscriber tells when both do.
        await using (var first = await MosquittoClients.SubscribeAsync(Platform.MqttPort, "alatau/v1/+/+/alarm/#", "-F", "%t %p"))
        {
            await first.WaitForAsync("alatau/v1/green/m-home-15/alarm/voltage-high {", AlatauProcess.Patience);
        }

        // A subscriber who comes after the alarm was raised gets it, marked as retained.
        await using var late = await MosquittoClients.SubscribeAsync(Platform.MqttPort, "alatau/v1/+/+/alarm/#", "-F", "retained=%r %t %p");
        await late.WaitForAsync("retained=1 alatau/v1/green/m-home-15/alarm/voltage-high {", AlatauProcess.Patience);
    }

    [Fact]
    public async Task Console_MovesWithoutReloadAndAsksNobodyElse()
    {
        Assert.SkipWhen(!File.Exists(Demo.Browser), $"{Demo.Browser} isn't installed");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Demo.Browser,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1920, Height = 1080 } });
        var page = await context.NewPageAsync();
        string origin = Platform.Http.BaseAddress!.ToString();
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"{message.Type}: {message.Text}");
        page.PageError += (_, error) => Note(true, error);
        page.Request += (_, request) => Note(!request.Url.StartsWith(origin, StringComparison.Ordinal), "external: " + request.Url);
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} {response.Url}");
        page.SetDefaultTimeout((float)AlatauProcess.Patience.TotalMilliseconds);

        await page.GotoAsync(origin);
        await page.EvaluateAsync("window.sameDocument = true");
        string before = await page.Locator("#rows").InnerTextAsync();
        await page.WaitForFunctionAsync("before => document.querySelector('#rows').innerText !== before", before);
        await page.WaitForFunctionAsync("() => Number(document.body.dataset.patches ?? 0) > 2");
        Assert.True(await page.EvaluateAsync<bool>("window.sameDocument"));
        string shot = Path.Combine(Platform.Folder, "console.png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = shot });
        Assert.True(new FileInfo(shot).Length > 10_000);
        await page.GotoAsync(origin + "assets/gate/m-mall");
        await Assertions.Expect(page.Locator("[id='v-activePower-v']")).ToBeVisibleAsync();
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Platform.Folder, "asset.png") });
        Assert.Empty(faults);

        void Note(bool isFault, string what)
        {
            if (isFault)
            {
                faults.Enqueue(what);
            }
        }
    }

    /// <summary>One demo for all; its faults and the rule they break come sooner than in the shipped files, so that nobody waits for minutes.</summary>
    public sealed class Demo : IAsyncLifetime
    {
        public const string Browser = "/usr/bin/chromium";

        private DevicesCopy? _devices;

        public AlatauProcess Platform { get; private set; } = null!;

        public TimeSpan FirstReadingAfter { get; private set; }

        public async ValueTask InitializeAsync()
        {
            _devices = new DevicesCopy();
            _devices.Replace("scenarios/demo.json", "\"from\": \"2m\"", "\"from\": \"1s\"");
            _devices.Replace("alarm-rules/voltage-high/rule.json", "\"onDelay\": \"1m\"", "\"onDelay\": \"5s\"");
            long began = TimeProvider.System.GetTimestamp();
            Platform = await AlatauProcess.StartAsync("demo", ["--devices", _devices.Path]);
            await Platform.UntilAsync("api/v1/assets?limit=1000", l => l.Items.Any(a => a.GetProperty("values").GetArrayLength() > 0));
            FirstReadingAfter = TimeProvider.System.GetElapsedTime(began);
        }

        public async ValueTask DisposeAsync()
        {
            await Platform.DisposeAsync();
            _devices?.Dispose();
        }
    }
}
