using System.Globalization;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Recovery;

/// <summary>After a start the store, MQTT and the console say the same of every alarm.</summary>
public sealed class OpenAlarmsTests
{
    private const string Asset = "green/watched";
    private static readonly string[] s_options = ["--set", "Ingest:AutoRegister=true", "--set", "Recovery:Journal=true", "--set", "Recovery:CheckpointInterval=01:00:00"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_AlarmIsOpen_StandsEverywhereOrIsClosedEverywhere(bool isStateLost)
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            await using (var platform = await AlatauProcess.StartAsync("run", s_options, folder))
            {
                var now = TimeProvider.System.GetUtcNow();
                await VoltageAsync(platform, now.AddSeconds(-100), 260);
                await VoltageAsync(platform, now.AddSeconds(-30), 261);
                await platform.UntilAsync($"api/v1/alarms?state=history&asset={Asset}", l => Own(l).Length == 1);
                platform.Kill();
            }

            if (isStateLost)
            {
                Directory.Delete(Path.Combine(folder, "checkpoint"), recursive: true);
                Directory.Delete(Path.Combine(folder, "journal"), recursive: true);
            }

            await using (var again = await AlatauProcess.StartAsync("run", s_options, folder))
            {
                if (isStateLost)
                {
                    // The asset must be known again before somebody can speak for it.
                    await VoltageAsync(again, TimeProvider.System.GetUtcNow(), 230);
                    var history = await again.UntilAsync($"api/v1/alarms?state=history&asset={Asset}", l => Own(l).Length >= 2);
                    Assert.Equal(["normal", "unacknowledged"], Own(history).Select(i => i.Text("state")));
                    Assert.Contains("was lost", Own(history)[0].Text("why"), StringComparison.Ordinal);
                    Assert.Empty(Own(await again.GetAsync($"api/v1/alarms?asset={Asset}")));
                }
                else
                {
                    Assert.Single(Own(await again.GetAsync($"api/v1/alarms?asset={Asset}")));
                }

                await using var subscriber = await MosquittoClients.SubscribeAsync(again.MqttPort, $"alatau/v1/{Asset}/alarm/voltage-high");
                await subscriber.WaitForAsync(isStateLost ? "\"state\":\"normal\"" : "\"state\":\"unacknowledged\"", AlatauProcess.Patience);
                again.Kill();
            }

            // A second start says nothing anew.
            await using var last = await AlatauProcess.StartAsync("run", s_options, folder);
            await VoltageAsync(last, TimeProvider.System.GetUtcNow(), 254);
            await last.QuietLedgerAsync();
            Assert.Equal(isStateLost ? 2 : 1, Own(await last.GetAsync($"api/v1/alarms?state=history&asset={Asset}")).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the rule of this test said; a rule about windows may speak as well when a quarter of an hour ends.</summary>
    private static JsonElement[] Own(JsonElement list) => [.. list.Items.Where(i => i.Text("rule") == "voltage-high")];

    private static async Task VoltageAsync(AlatauProcess platform, DateTimeOffset at, double volts)
    {
        string payload = string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":{{{at.ToUnixTimeMilliseconds()}}},"v":{"voltage":{{{volts}}}}}""");
        await MosquittoClients.PublishAsync(platform.MqttPort, $"alatau/v1/{Asset}/telemetry", payload, "-q", "1");
    }
}
