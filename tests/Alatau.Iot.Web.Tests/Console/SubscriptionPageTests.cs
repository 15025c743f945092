using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

public sealed class SubscriptionPageTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Name = "night-shift";

    private TestCity _city = null!;

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        _city.Desk.Add(new SubscriptionView(Name, "webhook", "https://desk.example.org/hook", "severity high and above", 4, 0, 0, 0, null) { Origin = "file", Title = "Night shift of the grid", Timing = "quiet daily 22:00-06:00 (Asia/Almaty) except critical" });
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task Test_Button_SendsSaysAndShowsTheDelivery()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.ClickAsync("nav a[href='/subscriptions']");
        await visit.MovedAsync();
        var row = visit.Page.Locator($"tr[data-name='{Name}']");
        await Assertions.Expect(row).ToContainTextAsync("Night shift of the grid");
        await row.Locator("button").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Delivered");
        await Assertions.Expect(visit.Page.Locator("#deliveries tbody tr")).ToContainTextAsync("Test of subscription night-shift");
        await Assertions.Expect(visit.Page.Locator("#deliveries tbody tr .state")).ToHaveTextAsync("delivered");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Test_TargetThatFails_SaysWhy()
    {
        _city.Desk.Problem = "No connection: Connection refused";
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/subscriptions");
        await visit.Page.ClickAsync($"#test-{Name}");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Not delivered: No connection: Connection refused");
        await Assertions.Expect(visit.Page.Locator("#deliveries .state")).ToHaveTextAsync("given up");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task DeadLetter_SentAgain_IsDelivered()
    {
        var dead = _city.Desk.Deliver(Name, NotificationKind.Step, "Raised: Voltage above 253 V at gate/meter-004", "gate:meter-004:voltage-high:1", DeliveryState.DeadLetter, Instant.Now(TimeProvider.System), 12, "503 busy");
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/subscriptions");
        await Assertions.Expect(visit.Page.Locator($"#d{dead.Number} .said-by")).ToHaveTextAsync("503 busy");
        await visit.Page.ClickAsync($"#replay-{dead.Number}");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Sent again");
        await Assertions.Expect(visit.Page.Locator($"#d{dead.Number} .state")).ToHaveTextAsync("delivered");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Test_WithoutScript_ComesBackToThePage()
    {
        await using var visit = await chromium.VisitAsync(_city.Url, script: false);
        await visit.Page.GotoAsync("/subscriptions");
        await visit.Page.ClickAsync($"#test-{Name}");
        await Assertions.Expect(visit.Page.Locator("#deliveries .state")).ToHaveTextAsync("delivered");
        Assert.EndsWith("/subscriptions", visit.Page.Url, StringComparison.Ordinal);
    }
}
