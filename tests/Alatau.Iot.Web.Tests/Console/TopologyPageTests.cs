using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Tests.Api;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

public sealed class TopologyPageTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private TestCity _city = null!;

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        TopologyTests.Fill(_city, Instant.Now(TimeProvider.System) - TimeSpan.FromMinutes(3));
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task Tree_Branch_ShowsSumsAndWhatIsMissing()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.ClickAsync("nav a[href='/topology']");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("[id='n-test-city'] th")).ToHaveTextAsync("Test City");
        await Assertions.Expect(visit.Page.Locator("[id='n-gate.feeder-1-r']")).ToHaveTextAsync("6 / 8");
        await Assertions.Expect(visit.Page.Locator("[id='n-gate.feeder-1']")).ToHaveClassAsync("partial");
        await Assertions.Expect(visit.Page.Locator("[id='n-gate.school-12-floor-2-c']")).ToHaveTextAsync("651");

        await visit.Page.ClickAsync("[id='n-gate.feeder-1'] a");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#branch h2")).ToContainTextAsync("Feeder 1");
        await Assertions.Expect(visit.Page.Locator("#branch .facts")).ToContainTextAsync("Transformer Gate 1");
        await Assertions.Expect(visit.Page.Locator("#branch .sums tr", new PageLocatorOptions { HasText = "Active power" })).ToContainTextAsync("75 %");
        await visit.Page.Locator("#branch .members a").First.ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/assets/gate/meter-", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Tree_NextMinute_MovesWithoutReload()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/topology?node=gate");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("[id='n-green.feeder-2-l']")).Not.ToHaveTextAsync("77.0");
        await visit.Page.EvaluateAsync("document.body.id = 'same'");
        _city.RollUps.Publish("green/meter-001", "activePower", Window.Holding(Instant.Now(TimeProvider.System) - TimeSpan.FromMinutes(2), WindowSpan.OneMinute).Start, 77_000);
        await Assertions.Expect(visit.Page.Locator("[id='n-green.feeder-2-l']")).ToHaveTextAsync("77.0");
        await Assertions.Expect(visit.Page.Locator("#same")).ToHaveCountAsync(1);
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Node_Unknown_IsNotHere()
    {
        await using var visit = await chromium.VisitAsync(_city.Url, script: false);
        var answer = await visit.Page.GotoAsync("/topology?node=gate/nothing");
        Assert.Equal(404, answer!.Status);
        await Assertions.Expect(visit.Page.Locator("main")).ToContainTextAsync("There is no node gate/nothing");
    }
}
