using System.Net;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Testing;
using Alatau.Iot.Web.Tests.City;

namespace Alatau.Iot.Web.Tests.Api;

/// <summary>The quarantine over the API and on its page.</summary>
public sealed class QuarantineTests : IAsyncLifetime
{
    private static readonly Instant s_now = Instant.From(ManualTime.DefaultStart);
    private TestCity _city = null!;

    public async ValueTask InitializeAsync()
    {
        _city = await TestCity.StartAsync(new ManualTime());
        Add(0, 0, "alatau/v1/green/m-1/telemetry", "mended", QuarantineReason.Malformed);
        Add(1, 1, "alatau/v1/green/m-2/telemetry", "broken", QuarantineReason.Malformed);
        Add(2, 0, "shelly-7/status", "mended", QuarantineReason.UnknownDevice);
        Add(3, 0, "shelly-8/status", "crowd", QuarantineReason.UnknownDevice);
    }

    public ValueTask DisposeAsync() => _city.DisposeAsync();

    [Theory]
    [InlineData("", "4,3,2,1")]
    [InlineData("?reason=unknownDevice", "4,3")]
    [InlineData("?route=http", "2")]
    [InlineData("?topic=%2B/status", "4,3")]
    [InlineData("?topic=alatau/%23", "2,1")]
    [InlineData("?topic=shelly-7/status", "3")]
    [InlineData("?topic=shelly-7", "")]
    [InlineData("?topic=shelly-7/status/%23", "3")]
    [InlineData("?asset=green/m-2", "2")]
    [InlineData("?from=2026-11-22T05:01:00Z&to=2026-11-22T05:03:00Z", "3,2")]
    [InlineData("?reason=malformed&route=mqtt", "1")]
    public async Task List_Filtered_GivesThoseOnly(string query, string numbers)
    {
        var page = await GetAsync("/api/v1/quarantine" + query);
        Assert.Equal(numbers, string.Join(',', page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("number").GetInt64())));
    }

    [Theory]
    [InlineData("GET", "/api/v1/quarantine?reason=bad", 400)]
    [InlineData("GET", "/api/v1/quarantine?asset=green", 400)]
    [InlineData("GET", "/api/v1/quarantine?from=yesterday", 400)]
    [InlineData("GET", "/api/v1/quarantine/99", 404)]
    [InlineData("POST", "/api/v1/quarantine/replay?reason=bad", 400)]
    [InlineData("POST", "/api/v1/quarantine/99/replay", 404)]
    [InlineData("POST", "/api/v1/quarantine/2/replay", 422)]
    [InlineData("POST", "/api/v1/quarantine/4/replay", 503)]
    public async Task Send_WhatCannotBe_IsAProblem(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await _city.Client.SendAsync(request);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Replay_OneMessage_LeavesTheListAndCannotBeSentTwice()
    {
        Assert.Equal("mended", (await GetAsync("/api/v1/quarantine/1")).GetProperty("payload").GetString());
        Assert.Equal(1, (await PostAsync("/api/v1/quarantine/1/replay")).GetProperty("taken").GetInt64());
        Assert.DoesNotContain((await GetAsync("/api/v1/quarantine")).GetProperty("items").EnumerateArray(), i => i.GetProperty("number").GetInt64() == 1);
        Assert.True((await GetAsync("/api/v1/quarantine/1")).GetProperty("isReplayed").GetBoolean());
        Assert.Contains((await GetAsync("/api/v1/quarantine?replayed=true")).GetProperty("items").EnumerateArray(), i => i.GetProperty("number").GetInt64() == 1);
        using var again = await _city.Client.PostAsync("/api/v1/quarantine/1/replay", null);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Replay_Filtered_SaysWhatBecameOfThem()
    {
        var report = await PostAsync("/api/v1/quarantine/replay?reason=malformed");
        Assert.Equal((2, 1, 1), (report.GetProperty("tried").GetInt64(), report.GetProperty("taken").GetInt64(), report.GetProperty("refused").GetInt64()));
        var refused = Assert.Single(report.GetProperty("items").EnumerateArray());
        Assert.Equal((2L, "malformed", "Still broken at byte 7."), (refused.GetProperty("number").GetInt64(), refused.GetProperty("reason").GetString(), refused.GetProperty("detail").GetString()));
    }

    [Theory]
    [InlineData("/api/v1/quarantine/replay")]
    [InlineData("/console/quarantine/replay")]
    public async Task Replay_FromAPageOfAnotherOrigin_IsRefused(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("Origin", "http://elsewhere.example");
        using var response = await _city.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(4, (await GetAsync("/api/v1/quarantine")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Page_Buttons_SendOneOrAllAgainAndSayWhatBecameOfThem()
    {
        string page = await _city.Client.GetStringAsync("/quarantine");
        Assert.Contains("id=\"again-all\"", page, StringComparison.Ordinal);
        Assert.Contains("id=\"again-3\"", page, StringComparison.Ordinal);

        Assert.Contains("1 sent again and taken.", await PressAsync(("number", "3")), StringComparison.Ordinal);
        string refused = await PressAsync(("number", "2"));
        Assert.Contains("still can", refused, StringComparison.Ordinal);
        Assert.Contains("Still broken at byte 7.", refused, StringComparison.Ordinal);
        string all = await PressAsync();
        Assert.DoesNotContain("id=\"again-1\"", all, StringComparison.Ordinal);
        Assert.Contains("id=\"again-2\"", all, StringComparison.Ordinal);
        using var json = await _city.Client.PostAsync("/console/quarantine/replay", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
    }

    private async Task<string> PressAsync(params (string Name, string Value)[] fields)
    {
        using var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        using var response = await _city.Client.PostAsync("/console/quarantine/replay", form);
        return await response.Content.ReadAsStringAsync();
    }

    private void Add(int minutes, byte route, string topic, string payload, QuarantineReason reason) =>
        _city.Quarantine.Add(s_now + TimeSpan.FromMinutes(minutes), route, "c", Encoding.UTF8.GetBytes(topic), Encoding.UTF8.GetBytes(payload), reason, "why", position: 0);

    private async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await _city.Client.GetStringAsync(path));

    private async Task<JsonElement> PostAsync(string path)
    {
        using var response = await _city.Client.PostAsync(path, null);
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonSerializer.Deserialize<JsonElement>(body);
    }
}
