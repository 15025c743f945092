using System.Globalization;
using System.Net;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

public sealed class AlarmListTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private TestCity _city = null!;

    private static Instant Now => Instant.Now(TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        new CityLife(_city, 7).Step(Now);
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task List_WhenAlarmsCome_CountsThemAndMovesWithoutReload()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.ClickAsync("nav a[href='/alarms']");
        await visit.MovedAsync();
        await visit.Page.EvaluateAsync("window.sameDocument = true");
        await Assertions.Expect(visit.Page.Locator("#rows")).ToContainTextAsync("No open alarm");
        await Assertions.Expect(visit.Page.Locator("#nav-waiting")).ToBeHiddenAsync();
        Raise("gate/meter-004", "voltage-high", 254.2, "254.2 V is at or above 253 V.");
        Raise("growing/transformer-1", "overload", 64_000, "64 kW is at or above 63 kW.");
        var rows = visit.Page.Locator("#rows tbody tr:not(.group)");
        await Assertions.Expect(rows).ToHaveCountAsync(2);
        await Assertions.Expect(rows.First).ToContainTextAsync("Transformer above rating");
        await Assertions.Expect(rows.Last).ToContainTextAsync("254.2\u00a0V");
        await Assertions.Expect(visit.Page.Locator("#nav-waiting")).ToHaveTextAsync("2");
        await Assertions.Expect(visit.Page.Locator("#nav-waiting")).ToHaveClassAsync("badge critical");
        _city.Runtime.Move("growing/transformer-1", _city.Rule("overload"), AlarmState.ReturnedUnacknowledged, Now, 60_000);
        await Assertions.Expect(rows.First).ToContainTextAsync("returned to normal");
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.sameDocument"));
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Filter_ByStateSeveritySiteAndText_ShowsOnlyThose()
    {
        new CityLife(_city, 7).RaiseAlarms(Now);
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms");
        await visit.MovedAsync();
        var rows = visit.Page.Locator("#rows tbody tr:not(.group)");
        await Assertions.Expect(rows).ToHaveCountAsync(6);
        await visit.Page.SelectOptionAsync("select[name=state]", "acknowledged");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("acknowledged by Aigerim");
        await visit.Page.SelectOptionAsync("select[name=state]", "");
        await visit.Page.SelectOptionAsync("select[name=severity]", "high");
        await Assertions.Expect(rows).ToHaveCountAsync(3);
        await visit.Page.SelectOptionAsync("select[name=site]", "golden");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        Assert.EndsWith("/alarms?severity=high&site=golden", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.SelectOptionAsync("select[name=severity]", "");
        await visit.Page.SelectOptionAsync("select[name=site]", "");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Page.Locator("#rows").FocusAsync();
        await visit.Page.Keyboard.PressAsync("/");
        await visit.Page.Keyboard.TypeAsync("1340");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("School 12");
        await Assertions.Expect(visit.Page.Locator("#pager")).ToHaveTextAsync("1 of 6");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Keys_ChooseAndAcknowledge_TheRowMovesToTheAcknowledged()
    {
        Raise("gate/meter-004", "voltage-high", 254.2, "254.2 V");
        Raise("gate/library", "co2-high", 1300, "1300 ppm");
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms");
        await visit.MovedAsync();
        await visit.Page.FillAsync("#operator", "Aigerim");
        await visit.Page.FocusAsync("#rows");
        await visit.Page.Keyboard.PressAsync("/");
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(visit.Page.Locator("#rows tbody th a").First).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("a");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Acknowledged");
        await Assertions.Expect(visit.Page.Locator("#rows tbody").Last).ToContainTextAsync("acknowledged by Aigerim");
        await Assertions.Expect(visit.Page.Locator("#nav-waiting")).ToHaveTextAsync("1");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Shelve_TickedWithReason_StandsApartUntilItIsTakenBack()
    {
        Raise("gate/meter-004", "voltage-high", 254.2, "254.2 V");
        Raise("gate/meter-005", "voltage-high", 255.1, "255.1 V");
        Raise("gate/library", "co2-high", 1300, "1300 ppm");
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms?q=voltage");
        await visit.MovedAsync();
        await visit.Page.FillAsync("#operator", "Aigerim");
        await visit.Page.CheckAsync("#tick-all");
        await Assertions.Expect(visit.Page.Locator("#ticked")).ToHaveTextAsync("2 ticked");
        Raise("green/meter-001", "voltage-high", 256, "256 V");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr:not(.group)")).ToHaveCountAsync(3);
        await Assertions.Expect(visit.Page.Locator("#ticked")).ToHaveTextAsync("2 ticked");
        await visit.Page.ClickAsync("button[value=shelve]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Not done: give a reason, in at most 500 characters. (2 alarms)");
        await visit.Page.SelectOptionAsync("select[name=for]", "4h");
        await visit.Page.FillAsync("#why", "Tap changer is being set");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Shelved: 2");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr:not(.group)")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("#nav-waiting")).ToHaveTextAsync("2");
        await visit.Page.ClickAsync("#tabs a:has-text('Put aside')");
        var aside = visit.Page.Locator("#rows tbody tr:not(.group)");
        await Assertions.Expect(aside).ToHaveCountAsync(2);
        await Assertions.Expect(aside.First).ToContainTextAsync("Tap changer is being set");
        await Assertions.Expect(aside.First).ToContainTextAsync("Aigerim");
        var until = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds((Now + TimeSpan.FromHours(4)).UnixMilliseconds), TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty"));
        string[] minutes = [until.ToString("HH:mm", CultureInfo.InvariantCulture), until.AddMinutes(-1).ToString("HH:mm", CultureInfo.InvariantCulture)];
        string row = await aside.First.InnerTextAsync();
        Assert.Contains(minutes, m => row.Contains(m, StringComparison.Ordinal));
        await visit.MovedAsync();
        await aside.First.Locator("td.tick input").CheckAsync();
        await visit.Page.ClickAsync("button[value=unshelve]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Unshelved");
        await Assertions.Expect(aside).ToHaveCountAsync(1);
        Assert.Empty(visit.Faults);
    }

    [Theory]
    [InlineData("suppress", "Suppressed", "Suppressed 1", "unsuppress", "Unsuppressed")]
    [InlineData("out-of-service", "Taken out of service", "Out of service 1", "return-to-service", "Back in service")]
    public async Task PutAside_WithReason_StandsInItsOwnDisplayUntilAPersonBringsItBack(string verb, string done, string display, string back, string said)
    {
        Raise("gate/meter-004", "voltage-high", 254.2, "254.2 V");
        Raise("gate/library", "co2-high", 1300, "1300 ppm");
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms?q=voltage");
        await visit.MovedAsync();
        await visit.Page.FillAsync("#operator", "Daniyar");
        await visit.Page.CheckAsync("#tick-all");
        await visit.Page.ClickAsync($"button[value={verb}]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Not done: give a reason, in at most 500 characters.");
        await visit.Page.FillAsync("#why", "Meter is being exchanged");
        await visit.Page.ClickAsync($"button[value={verb}]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync(done);
        await visit.Page.ClickAsync("#tabs a:has-text('Put aside')");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#tabs nav.spans a:not(:has-text('0'))")).ToHaveTextAsync(["All", display]);
        await visit.Page.ClickAsync($"#tabs a:has-text('{display}')");
        await visit.MovedAsync();
        var rows = visit.Page.Locator("#rows tbody tr:not(.group)");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        await Assertions.Expect(rows).ToContainTextAsync("Meter is being exchanged");
        await Assertions.Expect(rows).ToContainTextAsync("Daniyar");
        await visit.Page.ClickAsync("#rows a.what, #rows .what a");
        await visit.MovedAsync();
        await visit.Page.ClickAsync($"button[value={back}]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync(said);
        await Assertions.Expect(visit.Page.Locator("#alarm .now")).ToHaveTextAsync("Active, not acknowledged");
        await Assertions.Expect(visit.Page.Locator("#steps")).ToContainTextAsync("Daniyar");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Shelve_WithoutScript_NeedsAReasonAndComesBackToTheList()
    {
        Raise("gate/meter-004", "voltage-high", 254.2, "254.2 V");
        await using var visit = await chromium.VisitAsync(_city.Url, script: false);
        await visit.Page.GotoAsync("/alarms?site=gate");
        await visit.Page.ClickAsync("button[value=shelve]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Not done: no alarm is ticked.");
        await visit.Page.Locator("#rows td.tick input").CheckAsync();
        await visit.Page.ClickAsync("button[value=shelve]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToContainTextAsync("give a reason");
        await visit.Page.Locator("#rows td.tick input").CheckAsync();
        await visit.Page.FillAsync("#why", "Known, crew is there");
        await visit.Page.ClickAsync("button[value=shelve]");
        await Assertions.Expect(visit.Page.Locator("#said")).ToBeHiddenAsync();
        Assert.EndsWith("/alarms?site=gate", visit.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(visit.Page.Locator("#rows")).ToContainTextAsync("No open alarm");
        await visit.Page.ClickAsync("#tabs a:has-text('Put aside')");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr:not(.group)")).ToContainTextAsync("Known, crew is there");
    }

    [Fact]
    public async Task Flood_OfFiveThousand_IsPagedCountedAndFiltered()
    {
        for (int i = 0; i < 5000; i++)
        {
            var id = AssetId.Of("gate", string.Create(CultureInfo.InvariantCulture, $"flood-{i:0000}"));
            _city.Assets.TryRegister(new Asset(id, $"Flooded house {i}", AssetKind.Meter), out _);
            _city.Runtime.Move(id.ToString(), _city.Rule("voltage-low"), AlarmState.Unacknowledged, Now - TimeSpan.FromSeconds(i), 190, why: "190 V");
        }

        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/alarms");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#nav-waiting")).ToHaveTextAsync("5\u202f000");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr:not(.group)")).ToHaveCountAsync(50);
        await visit.Page.ClickAsync("#pager a[rel=next]");
        await Assertions.Expect(visit.Page.Locator("#pager")).ToContainTextAsync("2 / 100");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr:not(.group)").First).ToContainTextAsync("Flooded house 50");
        await visit.Page.FillAsync("input[name=q]", "house 4321");
        await Assertions.Expect(visit.Page.Locator("#rows tbody tr:not(.group)")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("#pager")).ToHaveTextAsync("1 of 5\u202f000");
        Assert.Empty(visit.Faults);
    }

    [Theory]
    [InlineData("/alarms?severity=purple", "There is no severity &#x27;purple&#x27;")]
    [InlineData("/alarms?state=%3Cscript%3E", "There is no state &#x27;&lt;script&gt;&#x27;")]
    [InlineData("/alarms?site=a%20b", "can&#x27;t be a district")]
    [InlineData("/alarms?page=999999", "No open alarm.")]
    [InlineData("/alarms?refused=%3Cb%3E", "Not done.")]
    public async Task List_BadFilter_SaysSoOnAPage(string path, string said)
    {
        using var answer = await _city.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Act_FromAnotherOrigin_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/console/alarms/act", UriKind.Relative)) { Content = new FormUrlEncodedContent([KeyValuePair.Create("do", "acknowledge")]) };
        request.Headers.Add("Origin", "https://elsewhere.example");
        using var answer = await _city.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private void Raise(string asset, string rule, double value, string why) => _city.Runtime.Move(asset, _city.Rule(rule), AlarmState.Unacknowledged, Now, value, why: why);
}
