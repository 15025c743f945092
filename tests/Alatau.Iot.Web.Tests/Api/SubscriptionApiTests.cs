using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Subscriptions;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

public sealed class SubscriptionApiTests : IAsyncLifetime
{
    private TestCity _city = null!;

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        _city.Desk.Add(new SubscriptionView("from-file", "webhook", "https://desk.example.org/", "all", 0, 0, 0, 0, null) { Origin = "file" }, """{"targets":[]}""");
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task Put_NewThenAgainThenDelete_IsCreatedReplacedAndGone()
    {
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("mine", """{"title":"Mine"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("mine", """{"title":"Still mine"}""")).StatusCode);
        var detail = await _city.Client.GetFromJsonAsync<JsonElement>("/api/v1/subscriptions/mine");
        Assert.Equal("Still mine", detail.GetProperty("definition").GetProperty("title").GetString());
        Assert.Equal("api", detail.GetProperty("subscription").GetProperty("origin").GetString());
        Assert.Equal(HttpStatusCode.NoContent, (await _city.Client.DeleteAsync("/api/v1/subscriptions/mine")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _city.Client.GetAsync("/api/v1/subscriptions/mine")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _city.Client.DeleteAsync("/api/v1/subscriptions/mine")).StatusCode);
    }

    [Fact]
    public async Task Put_BadInput_IsRefusedWithItsProblem()
    {
        await ProblemAsync(await PutAsync("mine", "{"), HttpStatusCode.BadRequest, "invalid-request");
        await ProblemAsync(await PutAsync("from-file", "{}"), HttpStatusCode.Conflict, "not-editable");
        await ProblemAsync(await _city.Client.DeleteAsync("/api/v1/subscriptions/from-file"), HttpStatusCode.Conflict, "not-editable");
        await ProblemAsync(await _city.Client.DeleteAsync("/api/v1/subscriptions/alarm-stream"), HttpStatusCode.Conflict, "not-editable");
        await ProblemAsync(await PutAsync("mine", $$"""{"title":"{{new string('x', 70_000)}}"}"""), HttpStatusCode.RequestEntityTooLarge, "too-large");
        await ProblemAsync(await _city.Client.PutAsync("/api/v1/subscriptions/mine", new StringContent("x")), HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
        await ProblemAsync(await _city.Client.PostAsync("/api/v1/subscriptions/nobody/test", null), HttpStatusCode.NotFound, "unknown-subscription");
        await ProblemAsync(await _city.Client.PostAsync("/api/v1/deliveries/99/replay", null), HttpStatusCode.NotFound, "unknown-delivery");
        await ProblemAsync(await _city.Client.GetAsync("/api/v1/deliveries?state=lost&limit=0"), HttpStatusCode.BadRequest, "invalid-request");
    }

    [Fact]
    public async Task Deliveries_OfAnAlarm_AreListedInPagesAndReplayed()
    {
        for (int i = 0; i < 5; i++)
        {
            _city.Desk.Deliver("from-file", NotificationKind.Step, $"step {i}", i == 4 ? "other" : "gate:meter-004:voltage-high:1", i == 2 ? DeliveryState.DeadLetter : DeliveryState.Delivered, new Instant(1_795_323_600_000 + i), 1, i == 2 ? "410 gone" : null, i == 2 ? "" : "204");
        }

        var first = await _city.Client.GetFromJsonAsync<JsonElement>("/api/v1/alarms/gate:meter-004:voltage-high:1/deliveries?limit=3");
        Assert.Equal([4L, 3L, 2L], first.GetProperty("items").EnumerateArray().Select(d => d.GetProperty("number").GetInt64()));
        var second = await _city.Client.GetFromJsonAsync<JsonElement>($"/api/v1/alarms/gate:meter-004:voltage-high:1/deliveries?limit=3&cursor={first.GetProperty("next").GetString()}");
        Assert.Equal(1, Assert.Single(second.GetProperty("items").EnumerateArray()).GetProperty("number").GetInt64());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next").ValueKind);
        var dead = await _city.Client.GetFromJsonAsync<JsonElement>("/api/v1/deliveries?state=deadLetter");
        Assert.Equal("410 gone", Assert.Single(dead.GetProperty("items").EnumerateArray()).GetProperty("problem").GetString());
        Assert.Equal(HttpStatusCode.Accepted, (await _city.Client.PostAsync("/api/v1/deliveries/3/replay", null)).StatusCode);
        await ProblemAsync(await _city.Client.PostAsync("/api/v1/deliveries/3/replay", null), HttpStatusCode.Conflict, "not-a-dead-letter");
    }

    [Fact]
    public async Task Test_OfASubscription_AnswersWhatEachTargetSaid()
    {
        using var response = await _city.Client.PostAsync("/api/v1/subscriptions/from-file/test", null);
        var item = Assert.Single((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items").EnumerateArray());
        Assert.Equal(("test", "delivered", "204"), (item.GetProperty("kind").GetString(), item.GetProperty("state").GetString(), item.GetProperty("answer").GetString()));
    }

    private static async Task ProblemAsync(HttpResponseMessage response, HttpStatusCode status, string type)
    {
        using (response)
        {
            Assert.Equal(status, response.StatusCode);
            var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("urn:alatau:problem:" + type, problem.GetProperty("type").GetString());
            Assert.NotEmpty(problem.GetProperty("detail").GetString()!);
        }
    }

    private Task<HttpResponseMessage> PutAsync(string name, string json) => _city.Client.PutAsync($"/api/v1/subscriptions/{name}", new StringContent(json, Encoding.UTF8, "application/json"));
}
