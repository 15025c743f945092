using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>A broker that is there already feeds the same road.</summary>
public sealed class BridgeTests
{
    [Fact]
    public async Task Bridge_BrokerRestartsAndPlatformIsAway_MessagesArriveByItsRoute()
    {
        Assert.SkipWhen((MosquittoBroker.Missing ?? MosquittoClients.Missing) is not null, MosquittoBroker.Missing ?? MosquittoClients.Missing ?? "");
        await using var broker = await MosquittoBroker.StartAsync();
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            await using (var platform = await AlatauProcess.StartAsync("run", Options(broker, "plant"), folder))
            {
                await ConnectedAsync(platform, "plant");
                await PublishAsync(broker, "m-1", 1);
                await platform.UntilAsync("api/v1/assets/green/m-1", a => a.ValueOf("activePower") == 1);
                await platform.QuietLedgerAsync(l => l.GetProperty("byRoute").GetProperty("bridge:plant").Long("stored") == 1);

                await broker.KillAsync();
                await platform.UntilMetricAsync("alatau_bridge_connected{bridge=\"plant\"}", v => v == 0);
                using (var ill = await platform.Http.GetAsync(new Uri("health/ready", UriKind.Relative)))
                {
                    Assert.Equal(503, (int)ill.StatusCode);
                    Assert.Contains("bridge 'plant'", await ill.Content.ReadAsStringAsync(), StringComparison.Ordinal);
                }

                await broker.RestartAsync();
                await ConnectedAsync(platform, "plant");
                await PublishAsync(broker, "m-1", 2);
                await platform.UntilAsync("api/v1/assets/green/m-1", a => a.ValueOf("activePower") == 2);
                Assert.Equal(0, (await platform.StopAsync()).ExitCode);
            }

            for (int i = 1; i <= 5; i++)
            {
                await PublishAsync(broker, $"away-{i}", i);
            }

            await using var again = await AlatauProcess.StartAsync("run", Options(broker, "plant"), folder);
            for (int i = 1; i <= 5; i++)
            {
                int expected = i;
                await again.UntilAsync($"api/v1/assets/green/away-{i}", a => a.ValueOf("activePower") == expected);
            }

            await again.QuietLedgerAsync(l => l.GetProperty("byRoute").GetProperty("bridge:plant").Long("stored") == 7);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Bridge_TwoPlatformsInOneGroup_ShareTheMessages()
    {
        Assert.SkipWhen((MosquittoBroker.Missing ?? MosquittoClients.Missing) is not null, MosquittoBroker.Missing ?? MosquittoClients.Missing ?? "");
        const int Messages = 40;
        await using var broker = await MosquittoBroker.StartAsync();
        await using var first = await AlatauProcess.StartAsync("run", Options(broker, "east", "city"));
        await using var second = await AlatauProcess.StartAsync("run", Options(broker, "west", "city"));
        await ConnectedAsync(first, "east");
        await ConnectedAsync(second, "west");
        await using (var publisher = MosquittoClients.StartPublisher(broker.Port, "-q", "1", "-t", "alatau/v1/green/shared/telemetry", "-l"))
        {
            for (int i = 0; i < Messages; i++)
            {
                await publisher.Input.WriteLineAsync($$$"""{"v":{"activePower":{{{i}}}}}""");
            }

            publisher.Input.Close();
            Assert.Equal(0, await publisher.WaitForExitAsync(AlatauProcess.Patience));
        }

        long began = TimeProvider.System.GetTimestamp();
        (long East, long West) taken = default;
        while (taken.East + taken.West < Messages && TimeProvider.System.GetElapsedTime(began) < AlatauProcess.Patience)
        {
            taken = ((await first.GetAsync("api/v1/ledger")).Long("received"), (await second.GetAsync("api/v1/ledger")).Long("received"));
        }

        Assert.Equal(Messages, taken.East + taken.West);
        Assert.True(taken is { East: > 0, West: > 0 }, $"{taken}");
        await first.QuietLedgerAsync();
        await second.QuietLedgerAsync();
    }

    private static string[] Options(MosquittoBroker broker, string name, string? group = null) =>
    [
        "--set", "Ingest:AutoRegister=true", "--set", $"Ingest:Bridges:0:Name={name}", "--set", $"Ingest:Bridges:0:Broker={broker.Uri}", "--set", "Ingest:Bridges:0:Filters:0=alatau/#",
        .. group is null ? Array.Empty<string>() : ["--set", $"Ingest:Bridges:0:Group={group}"],
    ];

    private static Task ConnectedAsync(AlatauProcess platform, string name) => platform.UntilMetricAsync($"alatau_bridge_connected{{bridge=\"{name}\"}}", v => v == 1);

    private static async Task PublishAsync(MosquittoBroker broker, string asset, int watts)
    {
        var sent = await MosquittoClients.PublishAsync(broker.Port, $"alatau/v1/green/{asset}/telemetry", $$$"""{"v":{"activePower":{{{watts}}}}}""", "-q", "1");
        Assert.True(sent.ExitCode == 0, sent.Output);
    }
}
