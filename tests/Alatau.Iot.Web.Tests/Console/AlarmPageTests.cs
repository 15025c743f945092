using System.Net;
using System.Text.RegularExpressions;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

public sealed class AlarmPageTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Meter = "green/meter-012";

    private static readonly Regex s_corrected = new("corrected", RegexOptions.None, TimeSpan.FromSeconds(1));

    private TestCity _city = null!;

    private static Instant Now => Instant.Now(TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        for (int i = 60; i > 0; i--)
        {
            _city.Runtime.Measure(Meter, Now - TimeSpan.FromSeconds(30 * i), ("voltage.l1", i > 20 ? 250.5 : 254.2, Quality.Good));
        }
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task Alarm_FromTheOverview_ShowsCauseLimitAndDeadband()
    {
        Raise();
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.Locator("#alarms a.what").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("Voltage above 253 V");
        await Assertions.Expect(visit.Page.Locator("#alarm")).ToContainTextAsync("voltage.l1 254.2 V is at or above 253 V");
        await Assertions.Expect(visit.Page.Locator("section.curve h2")).ToHaveTextAsync("Voltage L1");
        await Assertions.Expect(visit.Page.Locator(".plot text.limit").First).ToHaveTextAsync("alarm at or above 253.0\u00a0V");
        await Assertions.Expect(visit.Page.Locator(".plot text.limit.back")).ToHaveTextAsync("normal below 251.0\u00a0V");
        await Assertions.Expect(visit.Page.Locator(".plot text.mark")).ToHaveTextAsync("raised");
        await visit.Page.Locator("#alarm .path a").Last.ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(new Regex("/assets/green/meter-012$", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visit.Page.Locator("#history a").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator("h1")).ToContainTextAsync("Voltage above 253 V");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Alarm_AcknowledgedShelvedAndTakenBack_EachStepSaysWhoAndWhy()
    {
        Raise();
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync(Address);
        await visit.MovedAsync();
        await visit.Page.FillAsync("#operator", "Aigerim");
        await visit.Page.FillAsync("#why", "I look at it");
        await visit.Page.ClickAsync("button[value=acknowledge]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Acknowledged");
        await Assertions.Expect(visit.Page.Locator("#alarm .now")).ToContainTextAsync("acknowledged by Aigerim");
        await Assertions.Expect(visit.Page.Locator("button[value=acknowledge]")).ToHaveCountAsync(0);
        await visit.Page.FillAsync("#why", "Crew sets the tap changer");
        await visit.Page.SelectOptionAsync("select[name=for]", "30m");
        await visit.Page.FocusAsync("#why");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#alarm .now")).ToContainTextAsync("comes back at");
        await visit.Page.ClickAsync("button[value=unshelve]");
        await Assertions.Expect(visit.Page.Locator("#steps tbody tr")).ToHaveCountAsync(4);
        await Assertions.Expect(visit.Page.Locator("#steps tbody tr").Nth(1)).ToContainTextAsync("I look at it");
        await Assertions.Expect(visit.Page.Locator("#steps tbody tr").Nth(2)).ToContainTextAsync("Crew sets the tap changer");
        await visit.Page.ClickAsync("a:has-text('All steps of this asset')");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr")).ToHaveCountAsync(4);
        await visit.Page.SelectOptionAsync("select[name=step]", "shelved");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr")).ToContainTextAsync("Crew sets the tap changer");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Alarm_WithoutScript_IsShelvedByTheForm()
    {
        Raise();
        await using var visit = await chromium.VisitAsync(_city.Url, script: false);
        await visit.Page.GotoAsync(Address);
        await visit.Page.ClickAsync("button[value=shelve]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToContainTextAsync("give a reason");
        await visit.Page.FillAsync("#why", "Known since Monday");
        await visit.Page.ClickAsync("button[value=shelve]");
        await Assertions.Expect(visit.Page.Locator("#steps")).ToContainTextAsync("Known since Monday");
        await Assertions.Expect(visit.Page.Locator("button[value=unshelve]")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Alarm_Told_ShowsDeliveriesAndLeadsToTheSubscription()
    {
        Raise();
        _city.Desk.Add(new SubscriptionView("night-shift", "webhook", "https://desk.example.org/hook", "severity high and above", 4, 0, 0, 0, null) { Origin = "file", Title = "Night shift of the grid" });
        _city.Desk.Deliver("night-shift", NotificationKind.Step, "Raised: Voltage above 253 V at green/meter-012", Address["/alarms/".Length..], DeliveryState.Waiting, Now, 3, "503 busy", next: Now + TimeSpan.FromMinutes(1));
        _city.Desk.Deliver("night-shift", NotificationKind.Step, "Raised: another", "gate:meter-004:voltage-high:1", DeliveryState.Delivered, Now);
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync(Address);
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#told tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("#told .state")).ToHaveTextAsync("waiting");
        await Assertions.Expect(visit.Page.Locator("#told .said-by")).ToContainTextAsync("503 busy");
        await visit.Page.ClickAsync("#told a:has-text('night-shift')");
        await Assertions.Expect(visit.Page.Locator("#of-night-shift")).ToContainTextAsync("Night shift of the grid");
        await visit.Page.GotoAsync("/assets/" + Meter);
        await Assertions.Expect(visit.Page.Locator("#told tbody tr")).ToHaveCountAsync(1);
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Alarm_ThatIsOver_IsFoundInHistoryAndShowsTheHourAroundIt()
    {
        Raise();
        string address = Address;
        _city.Runtime.Move(Meter, _city.Rule("voltage-high"), AlarmState.ReturnedUnacknowledged, Now - TimeSpan.FromMinutes(2), 250.5, why: "250.5 V is below 251 V again");
        _city.Runtime.Move(Meter, _city.Rule("voltage-high"), AlarmState.Normal, Now, by: "Aigerim");
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms");
        await visit.Page.ClickAsync("#tabs a:has-text('History')");
        await visit.Page.FillAsync("input[name=q]", "aigerim");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr")).ToHaveCountAsync(1);
        await visit.Page.Locator("#rows tbody th a").ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(_city.Url.ToString().TrimEnd('/') + address);
        await Assertions.Expect(visit.Page.Locator("#alarm .now")).ToContainTextAsync("Over since");
        await Assertions.Expect(visit.Page.Locator("#deeds")).ToContainTextAsync("nothing left to do");
        await Assertions.Expect(visit.Page.Locator(".spans a[aria-current]")).ToHaveTextAsync("When raised");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task History_LongerThanAPage_IsTurnedAndMovesWhenAnAlarmComes()
    {
        for (int i = 0; i < 250; i++)
        {
            _city.History.Add(new AlarmTransition($"gate:meter-001:voltage-low:{i}", AssetId.Of("gate", "meter-001"), "voltage-low", "Voltage below 207 V", AlarmSeverity.High, AlarmState.Normal, AlarmState.Unacknowledged, Now - TimeSpan.FromMinutes(i + 1), new Instant(i), 200, "platform", $"step {i}."));
        }

        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms/history");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr")).ToHaveCountAsync(100);
        Raise();
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr").First).ToContainTextAsync("step 0.");
        await visit.Page.ClickAsync("#pager a[rel=next]");
        await Assertions.Expect(visit.Page.Locator("#pager")).ToContainTextAsync("Newest");
        await visit.Page.ClickAsync("#pager a[rel=next]");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr").Last).ToContainTextAsync("step 249.");
        await Assertions.Expect(visit.Page.Locator("#pager a[rel=next]")).ToHaveCountAsync(0);
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Asset_Windows_ShowRevisionCompletenessAndQuality()
    {
        var id = AssetId.Of("green", "meter-012");
        ushort measurand = _city.Catalog.Id("voltage.l1").Value;
        var start = Window.Holding(Now, WindowSpan.OneHour).Start - TimeSpan.FromHours(2);
        _city.History.Add(id, measurand, WindowSpan.OneHour, new(start, 230, Quality.Uncertain, new WindowSummary(90, 221, 239, 230, 231, 0, 0.75f, 2, Quality.Uncertain)));
        _city.History.Add(id, measurand, WindowSpan.OneHour, new(start + TimeSpan.FromHours(1), 231, Quality.Good, new WindowSummary(120, 222, 238, 231, 231, 0, 1, 0, Quality.Good)));
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/assets/green/meter-012?measurand=voltage.l1");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#windows")).ToContainTextAsync("No window of this measurand has ended yet.");
        await visit.Page.ClickAsync("section.windows .spans a:has-text('1h')");
        var rows = visit.Page.Locator("#windows tbody tr");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.First).ToContainTextAsync("231.0\u00a0V");
        await Assertions.Expect(rows.Last).ToHaveClassAsync(s_corrected);
        await Assertions.Expect(rows.Last).ToContainTextAsync("corrected, 2");
        await Assertions.Expect(rows.Last).ToContainTextAsync("75\u00a0%");
        await Assertions.Expect(rows.Last).ToContainTextAsync("uncertain");
        await Assertions.Expect(rows.First).Not.ToHaveClassAsync(s_corrected);
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Asset_Place_LeadsToWhatFeedsIt()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/topology?node=gate/feeder-1");
        await visit.Page.Locator("#branch .members a").First.ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#asset")).ToContainTextAsync("Fed by");
        await visit.Page.Locator("#asset .facts a").First.ClickAsync();
        await Assertions.Expect(visit.Page).ToHaveURLAsync(_city.Url + "topology?node=gate/feeder-1");
        Assert.Empty(visit.Faults);
    }

    [Theory]
    [InlineData("/alarms/nonsense")]
    [InlineData("/alarms/gate:meter-004:voltage-high:123")]
    [InlineData("/alarms/gate:meter-004:voltage-high:99999999999999999999")]
    [InlineData("/alarms/nowhere:nothing:rule:1795389979310")]
    public async Task Alarm_Unknown_IsAPageThatSaysSo(string path)
    {
        using var answer = await _city.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is no alarm", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/alarms/history?step=purple", "There is no step")]
    [InlineData("/alarms/history?cursor=what", "This page of the history can&#x27;t be found")]
    [InlineData("/alarms/history?asset=x", "No step in this span fits the filter")]
    public async Task History_BadFilter_SaysSoOnAPage(string path, string said)
    {
        using var answer = await _city.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_StoreAway_SayIt()
    {
        Raise();
        string address = Address;
        _city.History.Problem = "The database is away.";
        foreach (string path in new[] { "/alarms/history", address, "/assets/" + Meter })
        {
            using var answer = await _city.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Contains("The database is away.", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
    }

    private string Address { get; set; } = "";

    private void Raise()
    {
        var at = Now - TimeSpan.FromMinutes(10);
        _city.Runtime.Move(Meter, _city.Rule("voltage-high"), AlarmState.Unacknowledged, at, 254.2, why: "voltage.l1 254.2 V is at or above 253 V");
        Address = "/alarms/" + AlarmTransition.IdOf(AssetId.Of("green", "meter-012"), "voltage-high", at);
    }
}
