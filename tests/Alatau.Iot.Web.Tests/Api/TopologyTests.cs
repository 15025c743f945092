using System.Net;
using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

public sealed class TopologyTests : IAsyncLifetime
{
    private TestCity _city = null!;
    private Instant _minute;

    /// <summary>One minute of a whole city: two meters of a feeder are missing, one is estimated.</summary>
    internal static void Fill(TestCity city, Instant at)
    {
        var minute = Window.Holding(at, WindowSpan.OneMinute).Start;
        int number = 0;
        foreach (var asset in city.Assets.Snapshot().ToArray())
        {
            string id = asset.Id.ToString();
            number++;
            switch (asset.Kind)
            {
                case AssetKind.Meter when id is not ("gate/meter-003" or "gate/meter-006"):
                    city.RollUps.Publish(id, "activePower", minute, 1000 + number, quality: id == "gate/meter-009" ? Core.Readings.Quality.Estimated : Core.Readings.Quality.Good);
                    city.RollUps.Publish(id, "voltage", minute, 230 + (number % 7));
                    city.RollUps.Publish(id, "energyImport", minute, 20);
                    break;
                case AssetKind.Meter:
                    city.RollUps.Publish(id, "activePower", minute - TimeSpan.FromMinutes(1), 1000);
                    break;
                case AssetKind.Solar:
                    city.RollUps.Publish(id, "activePower", minute, 40_000);
                    break;
                case AssetKind.Building:
                    city.RollUps.Publish(id, "ambientTemperature", minute, 21.5);
                    city.RollUps.Publish(id, "co2", minute, 650);
                    break;
                default:
                    break;
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync();
        _minute = Window.Holding(Instant.Now(TimeProvider.System) - TimeSpan.FromMinutes(3), WindowSpan.OneMinute).Start;
        Fill(_city, _minute);
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Fact]
    public async Task Node_Feeder_HasSumsCompletenessAndChildren()
    {
        var feeder = await GetAsync("/api/v1/topology/gate/feeder-1");
        var node = feeder.GetProperty("node");
        Assert.Equal(("gate/feeder-1", "feeder", "gate/transformer-1", "gate", "gate/feeder-1"), (Text(node, "node"), Text(node, "kind"), Text(node, "fedBy"), Text(node, "locatedIn"), Text(node, "meteredBy")));
        Assert.Equal((8, 8), (node.GetProperty("customers").GetInt32(), node.GetProperty("meters").GetInt32()));
        Assert.Equal(8, feeder.GetProperty("children").GetArrayLength());
        var power = feeder.GetProperty("sums").EnumerateArray().Single(s => Text(s, "measurand") == "activePower");
        Assert.Equal((6, 8, 1, "estimated", "W"), (power.GetProperty("members").GetInt32(), power.GetProperty("expected").GetInt32(), power.GetProperty("estimated").GetInt32(), Text(power, "quality"), Text(power, "unit")));
        Assert.Equal(0.75, power.GetProperty("completeness").GetDouble());
        Assert.InRange(power.GetProperty("sum").GetDouble(), 6000, 7000);
        var voltage = feeder.GetProperty("sums").EnumerateArray().Single(s => Text(s, "measurand") == "voltage");
        Assert.Equal(JsonValueKind.Null, voltage.GetProperty("sum").ValueKind);
        Assert.InRange(voltage.GetProperty("min").GetDouble(), 229, 231);
    }

    [Fact]
    public async Task Node_City_SumsItsDistricts()
    {
        double city = Sum(await GetAsync("/api/v1/topology/test-city"), "activePower", "meter");
        double districts = 0;
        foreach (string site in (string[])["gate", "golden", "growing", "green"])
        {
            districts += Sum(await GetAsync($"/api/v1/topology/{site}"), "activePower", "meter");
        }

        Assert.Equal(city, districts, 6);
        Assert.Equal(8 * 40_000, Sum(await GetAsync("/api/v1/topology/test-city"), "activePower", "solar"));
    }

    [Fact]
    public async Task List_PagesAndFilters()
    {
        var feeders = await GetAsync("/api/v1/topology?kind=feeder&limit=5");
        Assert.Equal(5, feeders.GetProperty("items").GetArrayLength());
        var rest = await GetAsync($"/api/v1/topology?kind=feeder&limit=100&cursor={Text(feeders, "next")}");
        Assert.Equal(7, rest.GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
        var below = await GetAsync("/api/v1/topology?below=gate/transformer-1");
        Assert.Equal(["gate/feeder-1", "gate/feeder-2", "gate/feeder-3", "gate/pv-park"], below.GetProperty("items").EnumerateArray().Select(i => Text(i, "node")));
    }

    [Fact]
    public async Task Series_OfABranch_CarriesRevisions()
    {
        var series = await GetAsync($"/api/v1/topology/gate/feeder-1/series?measurand=activePower&window=1m&from={_minute}");
        var point = Assert.Single(series.GetProperty("points").EnumerateArray());
        Assert.Equal(_minute.ToString(), Text(point, "t"));
        Assert.Equal(point.GetProperty("sum").GetDouble(), point.GetProperty("v").GetDouble());
        Assert.True(point.GetProperty("revision").GetInt32() > 0);
        Assert.Equal(("W", "meter"), (Text(series, "unit"), Text(series, "kind")));
        Assert.Single((await GetAsync($"/api/v1/topology/gate/series?measurand=co2&kind=sensor&window=1m&from={_minute}")).GetProperty("points").EnumerateArray());
    }

    [Theory]
    [InlineData("/api/v1/topology/nowhere", HttpStatusCode.NotFound, "unknown-node")]
    [InlineData("/api/v1/topology/gate/nothing", HttpStatusCode.NotFound, "unknown-node")]
    [InlineData("/api/v1/topology?below=nowhere", HttpStatusCode.NotFound, "unknown-node")]
    [InlineData("/api/v1/topology?kind=castle", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/topology/gate?window=1y", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/topology/gate/series", HttpStatusCode.BadRequest, "invalid-request")]
    [InlineData("/api/v1/topology/gate/series?measurand=magic", HttpStatusCode.NotFound, "unknown-measurand")]
    public async Task WrongQuestion_IsAProblem(string path, HttpStatusCode status, string type)
    {
        var answer = await _city.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(type, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Series_StoreAway_IsAProblem()
    {
        _city.RollUps.Problem = "The disk is gone.";
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _city.Client.GetAsync("/api/v1/topology/gate/series?measurand=activePower", TestContext.Current.CancellationToken)).StatusCode);
    }

    private async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await _city.Client.GetStringAsync(path, TestContext.Current.CancellationToken));
        return document.RootElement.Clone();
    }

    private static double Sum(JsonElement detail, string measurand, string kind) =>
        detail.GetProperty("sums").EnumerateArray().Single(s => Text(s, "measurand") == measurand && Text(s, "kind") == kind).GetProperty("sum").GetDouble();

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
