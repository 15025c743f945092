using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Recovery;

/// <summary>What a person did to an alarm survives a kill at once, and stands in the history once.</summary>
public sealed class AlarmCommandKillTests
{
    private const string Asset = "green/watched";
    private static readonly string[] s_options = ["--set", "Ingest:AutoRegister=true", "--set", "Recovery:Journal=true", "--set", "Recovery:CheckpointInterval=01:00:00"];

    [Fact]
    public async Task Kill_RightAfterAPersonAnswered_EachStepIsInTheHistoryOnce()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            string id;
            await using (var platform = await AlatauProcess.StartAsync("run", s_options, folder))
            {
                await VoltageAsync(platform, now.AddSeconds(-100), 260);
                await VoltageAsync(platform, now.AddSeconds(-30), 261);
                var open = await OpenAsync(platform, a => a.Text("state") == "unacknowledged");
                id = open.Text("id");
                using var refused = await ActAsync(platform, id, "unshelve");
                Assert.Equal(System.Net.HttpStatusCode.Conflict, refused.StatusCode);
                using var done = await ActAsync(platform, id, "acknowledge");
                Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                platform.Kill();
            }

            // Twice: the second start finds in the journal what the first found, and what came since.
            await using (var platform = await AlatauProcess.StartAsync("run", s_options, folder))
            {
                var open = await OpenAsync(platform, a => a.Text("state") == "acknowledged");
                Assert.Equal((id, "aigerim", "on my way"), (open.Text("id"), open.Text("by"), open.Text("why")));
                using var shelved = await ActAsync(platform, id, "shelve");
                Assert.True(shelved.IsSuccessStatusCode, await shelved.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
                platform.Kill();
            }

            await using var last = await AlatauProcess.StartAsync("run", s_options, folder);
            Assert.Equal(id, (await OpenAsync(last, a => a.Text("state") == "shelved")).Text("id"));
            var history = await last.UntilAsync($"api/v1/alarms?state=history&asset={Asset}", l => Own(l).Length >= 3);
            Assert.Equal(["unacknowledged", "acknowledged", "shelved"], Own(history).Select(i => i.Text("state")).Reverse());
            await last.QuietLedgerAsync(l => l.Long("received") == 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task VoltageAsync(AlatauProcess platform, DateTimeOffset at, double volts)
    {
        string payload = string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":{{{at.ToUnixTimeMilliseconds()}}},"v":{"voltage":{{{volts}}}}}""");
        await MosquittoClients.PublishAsync(platform.MqttPort, $"alatau/v1/{Asset}/telemetry", payload, "-q", "1");
    }

    private static async Task<JsonElement> OpenAsync(AlatauProcess platform, Func<JsonElement, bool> holds)
    {
        var list = await platform.UntilAsync($"api/v1/alarms?asset={Asset}", l => Own(l).Any(holds));
        return Assert.Single(Own(list));
    }

    /// <summary>What the rule of this test said; a rule about windows may speak as well when a quarter of an hour ends.</summary>
    private static JsonElement[] Own(JsonElement list) => [.. list.GetProperty("items").EnumerateArray().Where(i => i.Text("rule") == "voltage-high")];

    private static Task<HttpResponseMessage> ActAsync(AlatauProcess platform, string id, string verb) =>
        platform.Http.PostAsJsonAsync($"api/v1/alarms/{id}/{verb}", new { by = "aigerim", why = "on my way", @for = "2h" });
}
