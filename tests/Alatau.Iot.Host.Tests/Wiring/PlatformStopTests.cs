using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Host.Wiring;
using Alatau.Iot.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Host.Tests.Wiring;

/// <summary>A stop that comes before the doors are open.</summary>
[Collection(nameof(InWorkingFolder))]
public sealed class PlatformStopTests : IDisposable
{
    private const int Messages = 2_000;

    private readonly TempFolder _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task StartAsync_StoppedInTheMiddleOfTheReplay_EndsWellAndTheNextStartLosesNothing()
    {
        await using (var platform = Build())
        {
            Assert.True(await platform.StartAsync(Token));
            await SendAsync(platform);
        }

        // As after a kill: the newest checkpoint is the one of the start, and all messages are behind it.
        string[] checkpoints = Checkpoints();
        File.Delete(checkpoints[^1]);
        using (var stop = new CancellationTokenSource())
        {
            var sink = new StopAfter(300, stop);
            await using var stopped = Build(services => services.AddSingleton<IAssetUpdateSink>(sink));
            Assert.False(await stopped.StartAsync(stop.Token));
            Assert.True(sink.Updates >= 300);
        }

        Assert.Equal(checkpoints[..^1], Checkpoints());
        await using var again = Build();
        Assert.True(await again.StartAsync(Token));
        var ledger = again.Rooms.GetRequiredService<Ledger>();
        await Eventually.TrueAsync(() => ledger.Total().Waiting == 0);
        Assert.Equal(new LedgerEntry(Messages, Messages, 0, 0, 0), ledger.Total());
    }

    [Fact]
    public async Task StartAsync_StoppedBeforeAnything_EndsWell()
    {
        await using var platform = Build();
        Assert.False(await platform.StartAsync(new CancellationToken(canceled: true)));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task SendAsync(Platform platform)
    {
        var intake = platform.Rooms.GetRequiredService<ITelemetryIntake>();
        var topic = "alatau/v1/gate/stopped/telemetry"u8.ToArray();
        long start = TimeProvider.System.GetUtcNow().AddHours(-2).ToUnixTimeMilliseconds();
        for (int n = 0; n < Messages; n++)
        {
            byte[] payload = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":{{{start + (n * 1000)}}},"v":{"activePower":{{{n}}}}}"""));
            Assert.Equal(IntakeVerdict.Taken, (await intake.AcceptAsync(topic, payload, "test", Token)).Verdict);
        }
    }

    private string[] Checkpoints() => [.. Directory.GetFiles(_data.File("checkpoint"), "*.ckp").Order(StringComparer.Ordinal)];

    private Platform Build(Action<IServiceCollection>? change = null) => Platform.Build(
        new SettingsSource
        {
            Options = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Platform:DataFolder"] = _data.Path,
                ["Platform:DevicesFolder"] = ProjectRoot.Of("devices"),
                ["Platform:HttpPort"] = "0",
                ["Mqtt:Port"] = "0",
                ["Ingest:AutoRegister"] = "true",
                ["Ingest:Journal:CommitInterval"] = "00:00:00",
                ["Recovery:CheckpointInterval"] = "01:00:00",
            },
        },
        change);

    /// <summary>Asks for a stop at the so manieth update.</summary>
    private sealed class StopAfter(int updates, CancellationTokenSource stop) : IAssetUpdateSink
    {
        private int _updates;

        public int Updates => Volatile.Read(ref _updates);

        public void OnUpdate(int shard, AssetUpdate update)
        {
            if (Interlocked.Increment(ref _updates) == updates)
            {
                stop.Cancel();
            }
        }

        public void OnPause(int shard)
        {
        }
    }
}
