using System.Net;
using System.Text.Json;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using Alatau.Iot.Web.Live;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

/// <summary>The alarm quality over the API, in metrics and over a restart.</summary>
public sealed class QualityTests
{
    private static readonly Instant s_now = Instant.From(ManualTime.DefaultStart);

    [Fact]
    public async Task Quality_CallsSeenAndStored_CountOnceWithTargetAndVerdict()
    {
        // Two calls stand in the store only, one is seen by the sink and stored as well.
        await using var city = await TestCity.StartAsync(new ManualTime(), prepare: (c, now) =>
        {
            c.History.Add(Step(c, now - TimeSpan.FromDays(3), "gate/meter-004", AlarmState.Normal, AlarmState.Unacknowledged));
            c.History.Add(Step(c, now - TimeSpan.FromDays(3) + TimeSpan.FromSeconds(5), "gate/meter-004", AlarmState.Unacknowledged, AlarmState.ReturnedUnacknowledged));
            c.History.Add(Step(c, now - TimeSpan.FromDays(2), "gate/transformer-1", AlarmState.Normal, AlarmState.Unacknowledged));
        });
        city.Runtime.Move("green/meter-012", city.Rule("voltage-high"), AlarmState.Unacknowledged, s_now - TimeSpan.FromMinutes(1), 255);
        JsonElement quality = default;
        await Eventually.TrueAsync(async () => (quality = await GetAsync(city, "/api/v1/alarms/quality")).GetProperty("isWhole").GetBoolean());

        Assert.Equal(3, quality.GetProperty("metrics").GetProperty("alarmCount").GetInt32());
        Assert.Equal((s_now - TimeSpan.FromDays(3)).ToString(), quality.GetProperty("from").GetString());
        var fleeting = Assert.Single(quality.GetProperty("fleeting").EnumerateArray());
        Assert.Equal(("gate", "meter-004", "voltage-high", "Voltage above 253 V"), (Text(fleeting, "site"), Text(fleeting, "asset"), Text(fleeting, "rule"), Text(fleeting, "title")));
        Assert.Equal("transformer-1", Text(Assert.Single(quality.GetProperty("stale").EnumerateArray()), "asset"));
        var figures = quality.GetProperty("figures").EnumerateArray().ToDictionary(f => Text(f, "name"));
        Assert.Equal(("poor", "none"), (Text(figures["fleeting"], "verdict"), Text(figures["fleeting"], "target")));
        Assert.Equal("good", Text(figures["chattering"], "verdict"));
        Assert.Equal(3, figures["base"].GetProperty("value").GetDouble(), 6);

        string metrics = await city.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        Assert.Contains("alatau_alarm_quality{figure=\"fleeting\"} 1", metrics, StringComparison.Ordinal);
        Assert.Contains("alatau_alarm_quality_verdict{figure=\"fleeting\"} 3", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quality_OfASiteAndADay_LeavesTheRestOut()
    {
        await using var city = await TestCity.StartAsync(new ManualTime());
        foreach (var (asset, hours) in new[] { ("gate/meter-004", 30), ("gate/meter-004", 3), ("green/meter-012", 2) })
        {
            city.Runtime.Move(asset, city.Rule("voltage-high"), AlarmState.Unacknowledged, s_now - TimeSpan.FromHours(hours), 255);
        }

        async Task<int> CallsAsync(string query) => (await GetAsync(city, "/api/v1/alarms/quality" + query)).GetProperty("metrics").GetProperty("alarmCount").GetInt32();

        Assert.Equal(1, await CallsAsync("?site=green&days=1"));
        Assert.Equal(HttpStatusCode.BadRequest, (await city.Client.GetAsync(new Uri("/api/v1/alarms/quality?days=31", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await city.Client.GetAsync(new Uri("/api/v1/alarms/quality?site=a/b", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Quality_StoreAway_CountsWhatItSawAndReadsTheRestLater()
    {
        var time = new ManualTime();
        await using var city = await TestCity.StartAsync(time, prepare: (c, now) =>
        {
            c.History.Problem = "away";
            c.History.Add(Step(c, now - TimeSpan.FromDays(2), "gate/meter-004", AlarmState.Normal, AlarmState.Unacknowledged));
        });
        Assert.False((await GetAsync(city, "/api/v1/alarms/quality")).GetProperty("isWhole").GetBoolean());

        city.History.Problem = null;
        await Eventually.TrueAsync(async () =>
        {
            time.Advance(TimeSpan.FromSeconds(20));
            var now = await GetAsync(city, "/api/v1/alarms/quality");
            return now.GetProperty("isWhole").GetBoolean() && now.GetProperty("metrics").GetProperty("alarmCount").GetInt32() == 1;
        });
    }

    [Fact]
    public void Record_PastItsBound_JudgesAShorterSpan()
    {
        var time = new ManualTime();
        var options = new WebOptions { QualitySteps = 1000 };
        var record = new AlarmRecord(options, new AlarmBook(options), time);
        var asset = AssetId.Of("gate", "m");
        record.Add(Enumerable.Range(0, 1500).Select(i => new AlarmTransition($"a{i}", asset, "r", "R", AlarmSeverity.Low, AlarmState.Normal, AlarmState.Unacknowledged, s_now - TimeSpan.FromMinutes(1500 - i), s_now, 1, "platform", "")), isLast: true);

        var quality = record.Read();

        Assert.Equal((1000, s_now - TimeSpan.FromMinutes(1000)), (quality.Calls, quality.From));
    }

    private static AlarmTransition Step(TestCity city, Instant at, string asset, AlarmState from, AlarmState to)
    {
        var rule = city.Rule("voltage-high");
        var id = AssetId.TryParse(asset, out var parsed) ? parsed : default;
        return new AlarmTransition(AlarmTransition.IdOf(id, rule.Name, at), id, rule.Name, rule.Title, rule.Severity, from, to, at, at, 255, "platform", "because");
    }

    private static async Task<JsonElement> GetAsync(TestCity city, string path) =>
        JsonDocument.Parse(await city.Client.GetStringAsync(new Uri(path, UriKind.Relative))).RootElement;

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
