using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

public sealed class ApiTests : IAsyncLifetime
{
    private static readonly Instant s_now = Instant.TryParse("2026-11-22T05:00:00Z", out var at) ? at : default;

    private readonly ManualTime _clock = new(s_now.ToDateTimeOffset());
    private TestCity _city = null!;

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync(_clock);
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    private async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await _city.Client.GetAsync(path);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{path}: {response.StatusCode} {body}");
        return JsonDocument.Parse(body).RootElement.Clone();
    }

    [Fact]
    public async Task Assets_PagedByCursor_GivesEachOnce()
    {
        var seen = new List<string>();
        string? next = "0";
        while (next is not null)
        {
            var page = await GetAsync($"/api/v1/assets?limit=40&cursor={next}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("site").GetString() + "/" + i.GetProperty("asset").GetString()));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(_city.Assets.Count, seen.Count);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    [Fact]
    public async Task Assets_FilteredBySiteKindAndText_GivesThoseOnly()
    {
        var page = await GetAsync("/api/v1/assets?site=golden&kind=building&text=room 204");
        var item = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal("school", item.GetProperty("asset").GetString());
        Assert.Equal(JsonValueKind.Null, page.GetProperty("next").ValueKind);
        Assert.Equal(JsonValueKind.Null, item.GetProperty("lastMeasuredAt").ValueKind);
    }

    [Fact]
    public async Task Asset_WithValues_GivesQualityAndAge()
    {
        _city.Runtime.Measure("gate/meter-001", s_now - TimeSpan.FromSeconds(4), ("activePower", 3420.5, Quality.Good), ("voltage.l1", 231.2, Quality.Uncertain));
        _city.Runtime.Move("gate/meter-001", _city.Rule("voltage-high"), AlarmState.Unacknowledged, s_now, 254.2, why: "254.2 V is at or above 253 V.");
        var asset = await GetAsync("/api/v1/assets/gate/meter-001");
        var values = asset.GetProperty("values");
        Assert.Equal(2, values.GetArrayLength());
        Assert.Equal("activePower", values[0].GetProperty("measurand").GetString());
        Assert.Equal(3420.5, values[0].GetProperty("value").GetDouble());
        Assert.Equal("W", values[0].GetProperty("unit").GetString());
        Assert.Equal(4, values[0].GetProperty("ageSeconds").GetDouble());
        Assert.Equal("2026-11-22T04:59:56.000Z", values[0].GetProperty("measuredAt").GetString());
        Assert.Equal("uncertain", values[1].GetProperty("quality").GetString());
        var alarm = Assert.Single(asset.GetProperty("alarms").EnumerateArray());
        Assert.Equal("unacknowledged", alarm.GetProperty("state").GetString());
        Assert.Equal($"gate:meter-001:voltage-high:{s_now.UnixMilliseconds}", alarm.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Series_Raw_IsHalfOpenAndPaged()
    {
        for (int i = 0; i < 10; i++)
        {
            _city.Runtime.Measure("gate/meter-001", s_now - TimeSpan.FromMinutes(10 - i), ("activePower", i, Quality.Good));
        }

        var page = await GetAsync("/api/v1/assets/gate/meter-001/series?measurand=activePower&from=2026-11-22T04:52:00Z&to=2026-11-22T04:58:00Z&limit=4");
        Assert.Equal("W", page.GetProperty("unit").GetString());
        Assert.Equal("raw", page.GetProperty("window").GetString());
        Assert.Equal([2, 3, 4, 5], page.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("v").GetDouble()));
        Assert.Equal("good", page.GetProperty("points")[0].GetProperty("q").GetString());
        Assert.False(page.GetProperty("points")[0].TryGetProperty("count", out _));
        var rest = await GetAsync($"/api/v1/assets/gate/meter-001/series?measurand=activePower&from={page.GetProperty("next").GetString()}&to=2026-11-22T04:58:00Z");
        Assert.Equal([6, 7], rest.GetProperty("points").EnumerateArray().Select(p => p.GetProperty("v").GetDouble()));
    }

    [Theory]
    [InlineData("/api/v1/assets/gate/nobody", 404, "unknown-asset")]
    [InlineData("/api/v1/assets/gate/nobody/series?measurand=activePower", 404, "unknown-asset")]
    [InlineData("/api/v1/assets/gate/meter-001/series?measurand=nothing", 404, "unknown-measurand")]
    [InlineData("/api/v1/assets/gate/meter-001/series", 400, "invalid-request")]
    [InlineData("/api/v1/assets/gate/meter-001/series?measurand=activePower&window=2m", 400, "invalid-request")]
    [InlineData("/api/v1/assets/gate/meter-001/series?measurand=activePower&from=yesterday", 400, "invalid-request")]
    [InlineData("/api/v1/assets?kind=spaceship", 400, "invalid-request")]
    [InlineData("/api/v1/assets?limit=0", 400, "invalid-request")]
    [InlineData("/api/v1/assets?cursor=x", 400, "invalid-request")]
    [InlineData("/api/v1/alarms?state=normal", 400, "invalid-request")]
    [InlineData("/api/v1/alarms?severity=7", 400, "invalid-request")]
    [InlineData("/api/v1/alarms?state=history&cursor=abc", 400, "invalid-request")]
    [InlineData("/api/v1/quarantine?limit=x", 400, "invalid-request")]
    [InlineData("/api/v1/readings/stream?measurand=nothing", 400, "invalid-request")]
    [InlineData("/api/v1/alarms/stream?asset=gate/nobody", 400, "invalid-request")]
    [InlineData("/api/v1/nowhere", 404, "unknown-path")]
    [InlineData("/nowhere", 404, "unknown-path")]
    [InlineData("/api/v1/telemetry", 405, "method-not-allowed")]
    public async Task Get_ThatIsRefused_GivesAProblem(string path, int status, string type)
    {
        using var response = await _city.Client.GetAsync(path);
        await AssertProblemAsync(response, status, type);
    }

    private static async Task<JsonElement> AssertProblemAsync(HttpResponseMessage response, int status, string type)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{response.StatusCode} {body}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonDocument.Parse(body).RootElement.Clone();
        Assert.Equal("urn:alatau:problem:" + type, problem.GetProperty("type").GetString());
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("title").GetString()));
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
        return problem;
    }

    [Fact]
    public async Task Get_UnknownPathByABrowser_GivesAPage()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/nowhere");
        request.Headers.Add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var response = await _city.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("There is nothing at /nowhere.", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WithSeveralFaults_NamesThemAllAtOnce()
    {
        using var response = await _city.Client.GetAsync("/api/v1/assets?kind=spaceship&limit=0&site=a/b");
        var problem = await AssertProblemAsync(response, 400, "invalid-request");
        Assert.Equal(["kind", "limit", "site"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order());
    }

    [Fact]
    public async Task Alarms_AcknowledgeAndShelve_FollowTheStateMachine()
    {
        _city.Runtime.Move("gate/meter-002", _city.Rule("voltage-high"), AlarmState.Unacknowledged, s_now, 254.2, why: "254.2 V");
        _city.Runtime.Move("golden/school", _city.Rule("co2-high"), AlarmState.Unacknowledged, s_now, 1300, why: "1300 ppm");
        var list = await GetAsync("/api/v1/alarms");
        Assert.Equal(["high", "low"], list.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("severity").GetString()));
        string id = list.GetProperty("items")[0].GetProperty("id").GetString()!;

        using var done = await _city.Client.PostAsJsonAsync($"/api/v1/alarms/{id}/acknowledge", new { by = "Aigerim", why = "seen" });
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal("done", (await done.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetString());
        using var again = await _city.Client.PostAsJsonAsync($"/api/v1/alarms/{id}/acknowledge", new { by = "Aigerim" });
        Assert.Equal("alreadySo", (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetString());
        using var unshelve = await _city.Client.PostAsJsonAsync($"/api/v1/alarms/{id}/unshelve", new { by = "Aigerim" });
        await AssertProblemAsync(unshelve, 409, "not-allowed");
        using var noReason = await _city.Client.PostAsJsonAsync($"/api/v1/alarms/{id}/shelve", new { by = "Aigerim", @for = "25h" });
        var problem = await AssertProblemAsync(noReason, 400, "invalid-request");
        Assert.Equal(["for", "why"], problem.GetProperty("errors").EnumerateObject().Select(e => e.Name).Order());
        using var shelved = await _city.Client.PostAsJsonAsync($"/api/v1/alarms/{id}/shelve", new { by = "Aigerim", why = "works on the line", @for = "2h" });
        Assert.Equal(HttpStatusCode.OK, shelved.StatusCode);

        Assert.Equal("shelved", (await GetAsync("/api/v1/alarms?state=shelved")).GetProperty("items")[0].GetProperty("state").GetString());
        Assert.Equal(254.2, (await GetAsync("/api/v1/alarms?state=shelved")).GetProperty("items")[0].GetProperty("value").GetDouble());
        Assert.Single((await GetAsync("/api/v1/alarms?site=golden")).GetProperty("items").EnumerateArray());
        using var nobody = await _city.Client.PostAsJsonAsync("/api/v1/alarms/a:b:c:1/acknowledge", new { by = "Aigerim" });
        await AssertProblemAsync(nobody, 404, "unknown-alarm");
    }

    [Fact]
    public async Task Alarms_History_PagesThroughTransitionsOfOneInstant()
    {
        for (int i = 1; i <= 7; i++)
        {
            _city.Runtime.Move($"gate/meter-{i:000}", _city.Rule("voltage-high"), AlarmState.Unacknowledged, s_now, 254);
        }

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await GetAsync("/api/v1/alarms?state=history&limit=2" + (next is null ? "" : "&cursor=" + next));
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null && seen.Count < 50);

        Assert.Equal(7, seen.Count);
        Assert.Equal(7, seen.Distinct().Count());
    }

    [Theory]
    [InlineData("{", 400, "invalid-request")]
    [InlineData("[]", 400, "invalid-request")]
    public async Task Acknowledge_WithABodyThatIsNone_GivesAProblem(string body, int status, string type)
    {
        using var response = await _city.Client.PostAsync("/api/v1/alarms/x/acknowledge", new StringContent(body, Encoding.UTF8, "application/json"));
        await AssertProblemAsync(response, status, type);
    }

    [Fact]
    public async Task Acknowledge_AsText_GivesUnsupportedMediaType()
    {
        using var response = await _city.Client.PostAsync("/api/v1/alarms/x/acknowledge", new StringContent("by=me"));
        await AssertProblemAsync(response, 415, "unsupported-media-type");
    }

    [Fact]
    public async Task Acknowledge_FromAPageOfAnotherOrigin_IsForbidden()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/alarms/x/acknowledge") { Content = JsonContent.Create(new { by = "me" }) };
        request.Headers.Add("Origin", "https://evil.example");
        using var response = await _city.Client.SendAsync(request);
        await AssertProblemAsync(response, 403, "foreign-origin");
    }

    [Fact]
    public async Task Telemetry_OfOneAssetByQuery_TakesTheBodyAsItIs()
    {
        const string Body = """{"ts":1795323600000,"v":{"activePower":12.5}}""";
        using var response = await _city.Client.PostAsync("/api/v1/telemetry?site=gate&asset=meter-001", new StringContent(Body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(("alatau/v1/gate/meter-001/telemetry", Body), Assert.Single(_city.Intake.Taken));
    }

    [Fact]
    public async Task Telemetry_WithPlaceInside_IsSplitByMessage()
    {
        const string Body = """[{"site":"gate","asset":"meter-001","v":{"activePower":1}},{"asset":"school","site":"golden","ts":"2026-11-22T05:00:00Z","v":{"co2":800}}]""";
        using var response = await _city.Client.PostAsync("/api/v1/telemetry", new StringContent(Body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        Assert.Equal(2, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accepted").GetInt32());
        Assert.Equal(
            [("alatau/v1/gate/meter-001/telemetry", """{"v":{"activePower":1}}"""), ("alatau/v1/golden/school/telemetry", """{"ts":"2026-11-22T05:00:00Z","v":{"co2":800}}""")],
            _city.Intake.Taken);
    }

    [Fact]
    public async Task Telemetry_ThatIsQuarantined_NamesReasonAndIndex()
    {
        const string Body = """[{"site":"gate","asset":"meter-001","v":{}},{"site":"gate","asset":"meter-002","nonsense":1}]""";
        using var response = await _city.Client.PostAsync("/api/v1/telemetry", new StringContent(Body, Encoding.UTF8, "application/json"));
        var problem = await AssertProblemAsync(response, 422, "quarantined");
        Assert.Equal(1, problem.GetProperty("accepted").GetInt32());
        Assert.Equal("malformed", problem.GetProperty("reason").GetString());
        Assert.Equal(1, problem.GetProperty("quarantined")[0].GetProperty("index").GetInt32());
    }

    [Theory]
    [InlineData("?site=gate", "{}", "application/json", 400, "invalid-request")]
    [InlineData("", "{", "application/json", 400, "invalid-request")]
    [InlineData("", "[]", "application/json", 400, "invalid-request")]
    [InlineData("", "{\"site\":1}", "application/json", 400, "invalid-request")]
    [InlineData("?site=gate&asset=meter-001", "{}", "text/plain", 415, "unsupported-media-type")]
    [InlineData("?site=gate&asset=meter-001", "crowd", "application/json", 503, "busy")]
    public async Task Telemetry_ThatIsRefused_GivesAProblem(string query, string body, string media, int status, string type)
    {
        using var response = await _city.Client.PostAsync("/api/v1/telemetry" + query, new StringContent(body, Encoding.UTF8, media));
        await AssertProblemAsync(response, status, type);
    }

    [Fact]
    public async Task Telemetry_LargerThanTheLimit_GivesTooLarge()
    {
        using var response = await _city.Client.PostAsync(
            "/api/v1/telemetry?site=gate&asset=meter-001", new StringContent(new string(' ', 1_048_577), Encoding.UTF8, "application/json"));
        await AssertProblemAsync(response, 413, "too-large");
    }

    [Fact]
    public async Task Ledger_AddsUp()
    {
        byte mqtt = _city.Ledger.Route("mqtt");
        byte http = _city.Ledger.Route("http");
        _city.Ledger.Received(mqtt, 10);
        _city.Ledger.Stored(mqtt, 6);
        _city.Ledger.Duplicate(mqtt, 1);
        _city.Ledger.Received(http, 3);
        _city.Ledger.Quarantined(http, 2);
        var ledger = await GetAsync("/api/v1/ledger");
        Assert.Equal(
            """{"received":13,"stored":6,"duplicate":1,"quarantined":2,"waiting":4,"unaccounted":0,"byRoute":{"mqtt":{"received":10,"stored":6,"duplicate":1,"quarantined":0,"waiting":3,"unaccounted":0},"http":{"received":3,"stored":0,"duplicate":0,"quarantined":2,"waiting":1,"unaccounted":0}}}""",
            ledger.GetRawText());
    }

    [Fact]
    public async Task Quarantine_ListsNewestFirstWithPayload()
    {
        for (int i = 0; i < 3; i++)
        {
            _city.Quarantine.Add(s_now, 0, "client-1", "alatau/v1/x"u8, i == 2 ? [0xff, 0x00] : "{oops"u8, Alatau.Iot.Core.Quarantine.QuarantineReason.Malformed, $"Fault {i}", position: 0);
        }

        var page = await GetAsync("/api/v1/quarantine?limit=2");
        Assert.Equal(["Fault 2", "Fault 1"], page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("detail").GetString()));
        Assert.Equal(JsonValueKind.Null, page.GetProperty("items")[0].GetProperty("payload").ValueKind);
        Assert.Equal("/wA=", page.GetProperty("items")[0].GetProperty("payloadBase64").GetString());
        Assert.Equal("{oops", page.GetProperty("items")[1].GetProperty("payload").GetString());
        Assert.Equal(3, page.GetProperty("counts").GetProperty("malformed").GetInt64());
        var rest = await GetAsync("/api/v1/quarantine?limit=2&cursor=" + page.GetProperty("next").GetString());
        Assert.Single(rest.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Ready_WithAnIllPart_NamesIt()
    {
        Assert.Equal("live", (await GetAsync("/health/live")).GetProperty("status").GetString());
        Assert.Equal("ready", (await GetAsync("/health/ready")).GetProperty("status").GetString());
        _city.Check.Warning = "it is busy.";
        var warned = await GetAsync("/health/ready");
        Assert.Equal(("ready", "it is busy."), (warned.GetProperty("status").GetString(), warned.GetProperty("warnings").GetProperty("mqtt").GetString()));
        _city.Check.Problem = "port 1883 is taken.";
        using var response = await _city.Client.GetAsync("/health/ready");
        var problem = await AssertProblemAsync(response, 503, "not-ready");
        Assert.Equal("port 1883 is taken.", problem.GetProperty("parts").GetProperty("mqtt").GetString());
        Assert.Equal(JsonValueKind.Null, problem.GetProperty("parts").GetProperty("memory").ValueKind);
    }

    [Fact]
    public async Task Series_WithTheStoreAway_GivesAProblem()
    {
        _city.History.Problem = "The disk is full.";
        using var response = await _city.Client.GetAsync("/api/v1/assets/gate/meter-001/series?measurand=activePower");
        await AssertProblemAsync(response, 503, "store-unavailable");
    }

    [Fact]
    public async Task Totals_SumTheSites()
    {
        _city.Runtime.Measure("gate/meter-001", s_now, ("activePower", 1000, Quality.Good));
        _city.Runtime.Measure("green/meter-001", s_now, ("activePower", 2000, Quality.Good));
        _city.Runtime.Measure("green/pv-park", s_now, ("activePower", 500, Quality.Good));
        var totals = await GetAsync("/api/v1/totals");
        Assert.Equal(3000, totals.GetProperty("city").GetProperty("loadWatts").GetDouble());
        Assert.Equal(500, totals.GetProperty("city").GetProperty("generationWatts").GetDouble());
        Assert.Equal(["Gate", "Golden", "Growing", "Green"], totals.GetProperty("sites").EnumerateArray().Select(s => s.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task OpenApi_CoversEveryRoute()
    {
        var document = await GetAsync("/openapi/v1.json");
        string[] expected =
        [
            "GET /health/live", "GET /health/ready", "GET /metrics",
            "GET /api/v1/assets", "GET /api/v1/assets/{site}/{asset}", "GET /api/v1/assets/{site}/{asset}/series", "GET /api/v1/totals",
            "GET /api/v1/topology", "GET /api/v1/topology/{node}", "GET /api/v1/topology/{site}/{name}", "GET /api/v1/topology/{node}/series", "GET /api/v1/topology/{site}/{name}/series",
            "GET /api/v1/alarms", "POST /api/v1/alarms/{id}/acknowledge", "POST /api/v1/alarms/{id}/shelve", "POST /api/v1/alarms/{id}/unshelve",
            "POST /api/v1/alarms/{id}/suppress", "POST /api/v1/alarms/{id}/unsuppress", "POST /api/v1/alarms/{id}/out-of-service", "POST /api/v1/alarms/{id}/return-to-service",
            "GET /api/v1/outages", "GET /api/v1/outages/{site}/{asset}",
            "GET /api/v1/alarms/quality", "GET /api/v1/alarms/stream", "GET /api/v1/readings/stream", "GET /api/v1/subscriptions", "GET /api/v1/ledger", "POST /api/v1/telemetry",
            "GET /api/v1/quarantine", "GET /api/v1/quarantine/{number}", "POST /api/v1/quarantine/replay", "POST /api/v1/quarantine/{number}/replay",
            "GET /api/v1/subscriptions/{name}", "PUT /api/v1/subscriptions/{name}", "DELETE /api/v1/subscriptions/{name}", "POST /api/v1/subscriptions/{name}/test",
            "GET /api/v1/deliveries", "GET /api/v1/deliveries/{number}", "POST /api/v1/deliveries/{number}/replay", "GET /api/v1/alarms/{id}/deliveries",
        ];
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(p => p.Value.EnumerateObject().Select(o => (Key: $"{o.Name.ToUpperInvariant()} {p.Name}", o.Value))).ToArray();
        Assert.Equal(expected.Order(StringComparer.Ordinal), operations.Select(o => o.Key).Order(StringComparer.Ordinal));
        Assert.All(operations, o => Assert.False(string.IsNullOrWhiteSpace(o.Value.GetProperty("summary").GetString()), o.Key));
        Assert.Contains("unknown, meter", document.GetRawText(), StringComparison.Ordinal);
        Assert.True(document.GetProperty("components").GetProperty("schemas").TryGetProperty("AssetDetail", out _));
    }
}
