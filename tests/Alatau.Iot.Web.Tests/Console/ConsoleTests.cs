using System.Text.RegularExpressions;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.City;
using Microsoft.Playwright;

namespace Alatau.Iot.Web.Tests.Console;

public sealed class ConsoleTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private TestCity _city = null!;
    private static readonly Regex s_line = new("^M[0-9]", RegexOptions.None, TimeSpan.FromSeconds(1));

    private CityLife _life = null!;

    private static Instant Now => Instant.Now(TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        _life = new CityLife(_city, 7);
        _life.Step(Now - TimeSpan.FromMinutes(1));
        _life.Step(Now);
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task Overview_WhenAValueArrives_MovesWithoutReload()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.EvaluateAsync("window.sameDocument = true");
        var cell = visit.Page.Locator("tr:has(a[href='/assets/gate/transformer-1']) td.main");
        _city.Runtime.Measure("gate/transformer-1", Now, ("activePower", 432_100, Quality.Good));
        await Assertions.Expect(cell).ToHaveTextAsync("432kW");
        _city.Runtime.Measure("gate/transformer-1", Now, ("activePower", -1_234_000, Quality.Good));
        await Assertions.Expect(cell).ToHaveTextAsync("−1.23MW");
        Assert.True(await visit.Page.EvaluateAsync<bool>("window.sameDocument"));
        await Assertions.Expect(visit.Page.Locator("#link")).ToHaveTextAsync("Live");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Overview_ValuesOfTwoMinutes_AreDrawnInRowsDistrictsAndTheCityCurve()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await Assertions.Expect(visit.Page.Locator("tr:has(a[href='/assets/gate/transformer-1']) svg.spark path")).ToHaveAttributeAsync("d", s_line);
        await Assertions.Expect(visit.Page.Locator("[id='s-gate-s']")).ToHaveAttributeAsync("d", s_line);
        await Assertions.Expect(visit.Page.Locator(".plot path.line").First).ToHaveAttributeAsync("d", s_line);
    }

    [Fact]
    public async Task Overview_SlashAndText_FiltersRowsAndKeepsFocus()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.MovedAsync();
        await visit.Page.Keyboard.PressAsync("/");
        await visit.Page.Keyboard.TypeAsync("school");
        var rows = visit.Page.Locator("#rows tbody tr:not(.group)");
        await Assertions.Expect(rows).ToHaveCountAsync(4);
        await Assertions.Expect(visit.Page.Locator("input[name=q]")).ToBeFocusedAsync();
        Assert.EndsWith("/?q=school", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(visit.Page.Locator("#rows tbody a").First).ToBeFocusedAsync();
        await visit.Page.SelectOptionAsync("select[name=site]", "golden");
        await Assertions.Expect(rows).ToHaveCountAsync(1);
        _city.Runtime.Measure("golden/school", Now, ("co2", 777, Quality.Good));
        await Assertions.Expect(rows.Locator("td.main")).ToHaveTextAsync("777ppm");
        await visit.Page.Locator("input[name=q]").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(rows).Not.ToHaveCountAsync(1);
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Overview_NextPage_ShowsOtherRowsAndMovesThem()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.MovedAsync();
        string first = await visit.Page.Locator("#rows tbody a").First.InnerTextAsync();
        await visit.Page.Locator("#pager a[rel=next]").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#pager")).ToContainTextAsync("2 / 3");
        Assert.NotEqual(first, await visit.Page.Locator("#rows tbody a").First.InnerTextAsync());
        Assert.Contains("page=2", visit.Page.Url, StringComparison.Ordinal);
        await visit.MovedAsync();
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Alarm_RaisedAndAcknowledged_AppearsIsSpokenAndChangesState()
    {
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.MovedAsync();
        await Assertions.Expect(visit.Page.Locator("#alarms")).ToContainTextAsync("No open alarm");
        _city.Runtime.Move("gate/meter-004", _city.Rule("voltage-high"), AlarmState.Unacknowledged, Now, 254.2, why: "254.2 V is at or above 253 V.");
        var alarm = visit.Page.Locator("#alarms li");
        await Assertions.Expect(alarm).ToHaveCountAsync(1);
        await Assertions.Expect(alarm).ToContainTextAsync("Voltage above 253 V");
        await Assertions.Expect(alarm.Locator(".value")).ToHaveTextAsync("254.2\u00a0V");
        await Assertions.Expect(visit.Page.Locator("#announce")).ToHaveTextAsync("High alarm: Voltage above 253 V at gate/meter-004");
        await Assertions.Expect(visit.Page.Locator("#t-alarms")).ToHaveTextAsync("1");
        await visit.Page.FillAsync("#operator", "Aigerim");
        await alarm.Locator("button").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator("#said")).ToHaveTextAsync("Acknowledged");
        await Assertions.Expect(alarm).ToHaveClassAsync("known high");
        await Assertions.Expect(alarm.Locator("button")).ToHaveCountAsync(0);
        var stored = await _city.History.ReadTransitionsAsync(new(null, Instant.MinValue, Instant.MaxValue, 10), default);
        Assert.Contains(stored, t => t.To == AlarmState.Acknowledged && t.By == "Aigerim");
        _city.Runtime.Move("gate/meter-004", _city.Rule("voltage-high"), AlarmState.Normal, Now, 250, why: "250 V is below 251 V.");
        await Assertions.Expect(visit.Page.Locator("#alarms")).ToContainTextAsync("No open alarm");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Alarm_WithoutScript_IsAcknowledgedByTheForm()
    {
        _city.Runtime.Move("gate/meter-004", _city.Rule("voltage-high"), AlarmState.Unacknowledged, Now, 254.2, why: "254.2 V");
        await using var visit = await chromium.VisitAsync(_city.Url, script: false);
        await visit.Page.GotoAsync("/?site=gate");
        await visit.Page.Locator("#alarms button").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("#alarms li")).ToContainTextAsync("acknowledged");
        Assert.EndsWith("/?site=gate", visit.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Theme_Toggled_IsRememberedOverReload()
    {
        await using var visit = await chromium.VisitAsync(_city.Url, scheme: ColorScheme.Light);
        await visit.Page.GotoAsync("/");
        string light = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        await visit.Page.ClickAsync("#theme");
        string dark = await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
        Assert.NotEqual(light, dark);
        await visit.Page.ReloadAsync();
        Assert.Equal(dark, await visit.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await using var night = await chromium.VisitAsync(_city.Url, scheme: ColorScheme.Dark);
        await night.Page.GotoAsync("/");
        Assert.Equal(dark, await night.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Asset_Page_ShowsValuesPlotLimitsAndMoves()
    {
        for (int i = 60; i > 0; i--)
        {
            _city.Runtime.Measure("green/meter-012", Now - TimeSpan.FromSeconds(30 * i), ("voltage.l1", 250 + (i % 5), Quality.Good));
        }

        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await visit.Page.FillAsync("input[name=q]", "green/meter-012");
        await Assertions.Expect(visit.Page.Locator("#rows tbody a")).ToHaveCountAsync(1);
        await visit.Page.Locator("#rows tbody a").ClickAsync();
        await visit.Page.Locator("tr[id='v-voltage.l1'] a").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("section.curve h2")).ToHaveTextAsync("Voltage L1");
        await Assertions.Expect(visit.Page.Locator(".plot text.limit").First).ToHaveTextAsync("Voltage above 253 V");
        string line = (await visit.Page.Locator(".plot path.line").GetAttributeAsync("d"))!;
        Assert.True(line.Count(c => c == 'L') > 50, line);
        _city.Runtime.Measure("green/meter-012", Now, ("voltage.l1", 251.5, Quality.Uncertain));
        await Assertions.Expect(visit.Page.Locator("[id='v-voltage.l1-v']")).ToHaveTextAsync("251.5");
        await Assertions.Expect(visit.Page.Locator("[id='v-voltage.l1-q']")).ToHaveTextAsync("uncertain");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Banner_WhenAPartIsIll_NamesIt()
    {
        _city.Check.Problem = "port 1883 is taken.";
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/");
        await Assertions.Expect(visit.Page.Locator("#banner")).ToContainTextAsync("Degraded. mqtt: port 1883 is taken.");
        await visit.Page.GotoAsync("/ledger");
        await Assertions.Expect(visit.Page.Locator("#banner")).ToContainTextAsync("port 1883 is taken.");
        Assert.Empty(visit.Faults);
    }

    [Fact]
    public async Task Ledger_WhenMessagesCome_Moves()
    {
        byte route = _city.Ledger.Route("mqtt");
        await using var visit = await chromium.VisitAsync(_city.Url);
        await visit.Page.GotoAsync("/ledger");
        _city.Ledger.Received(route, 1234);
        await Assertions.Expect(visit.Page.Locator("#l-mqtt-r")).ToHaveTextAsync("1\u202f234");
        await Assertions.Expect(visit.Page.Locator("#l-all-w")).ToHaveTextAsync("1\u202f234");
        Assert.Empty(visit.Faults);
    }
}
