using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

public sealed class QualityPageTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Page_AlarmsThatChatterAndFlood_AreNamedWithTheirVerdicts()
    {
        await using var city = await TestCity.StartAsync();
        new CityLife(city, 3).Nuisances(Instant.Now(TimeProvider.System));
        await using var visit = await chromium.VisitAsync(city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.ClickAsync("nav a[href='/alarms/quality']");

        await Assertions.Expect(visit.Page.Locator("h1")).ToHaveTextAsync("Alarm quality");
        await Assertions.Expect(visit.Page.Locator("#q-chattering .verdict")).ToHaveTextAsync("too much");
        await Assertions.Expect(visit.Page.Locator("#q-fleeting .verdict")).ToHaveTextAsync("too much");
        await Assertions.Expect(visit.Page.Locator("#nuisances tr").First).ToContainTextAsync("chatters");
        await Assertions.Expect(visit.Page.Locator("#floods tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("#top tr").First).ToContainTextAsync("Voltage above 253 V");
        await visit.Page.Locator("#top tr a").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator(".title .path, h1").First).ToBeVisibleAsync();
        Assert.Contains("/assets/", visit.Page.Url, StringComparison.Ordinal);
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Page_NoAlarmEver_SaysSo()
    {
        await using var city = await TestCity.StartAsync();
        await using var visit = await chromium.VisitAsync(city.Url);
        await visit.Page.GotoAsync("/alarms/quality");

        await Assertions.Expect(visit.Page.Locator(".top .empty")).ToHaveTextAsync("No alarm has called.");
        await Assertions.Expect(visit.Page.Locator("#q-averageRate .verdict")).ToHaveTextAsync("on target");
        Assert.Empty(visit.Faults);
    }
}
