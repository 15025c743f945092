using System.Globalization;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>One platform, and one client that behaves: message n is stamped START + n s and says n.</summary>
public sealed class PlatformWithBystander : IAsyncLifetime
{
    private const string Bystander = """
        start = int(sys.stdin.readline())
        gone = threading.Event()
        c = new_client("bystander")
        c.on_disconnect = lambda *more: (say("LOST"), gone.set())
        c.connect("127.0.0.1", PORT)
        c.loop_start()
        n = 0
        while not gone.is_set():
            info = c.publish("alatau/v1/gate/m-mall/telemetry", '{"ts":%d,"v":{"activePower":%d}}' % (start + n * 1000, n), qos=1)
            info.wait_for_publish(60)
            say("ACKED %d" % n)
            n += 1
            time.sleep(0.02)
        """;

    private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-5).ToUnixTimeSeconds());
    private ProcessPeer? _bystander;

    /// <summary>What this platform is set to, each as Section:Name=value.</summary>
    public IReadOnlyList<string> Settings { get; init; } = ["Mqtt:ConnectTimeout=00:00:05"];

    public AlatauProcess Platform { get; private set; } = null!;

    private int Acknowledged => _bystander!.Output.Split('\n').Count(l => l.StartsWith("ACKED ", StringComparison.Ordinal));

    public static void SkipWithoutPeers() => Assert.SkipWhen((PahoScript.Missing ?? MosquittoClients.Missing) is not null, PahoScript.Missing ?? MosquittoClients.Missing ?? "");

    public async ValueTask InitializeAsync()
    {
        Platform = await AlatauProcess.StartAsync("run", Settings.SelectMany(setting => (string[])["--set", setting]));
        if (PahoScript.Missing is null)
        {
            _bystander = PahoScript.Start(Platform.MqttPort, Bystander);
            await _bystander.Input.WriteLineAsync(_start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            await _bystander.Input.FlushAsync();
            await _bystander.WaitForAsync("ACKED 5", AlatauProcess.Patience);
        }
    }

    /// <summary>The client that behaves goes on, was never disconnected, and all it was acknowledged is stored; the account closes.</summary>
    public async Task OthersAreServedAsync()
    {
        int before = Acknowledged;
        await _bystander!.WaitForAsync($"ACKED {before + 5}{Environment.NewLine}", AlatauProcess.Patience);
        Assert.DoesNotContain("LOST", _bystander.Output, StringComparison.Ordinal);
        int acknowledged = Acknowledged;
        var values = new List<double>();
        long began = TimeProvider.System.GetTimestamp();
        while (values.Count < acknowledged && TimeProvider.System.GetElapsedTime(began) < AlatauProcess.Patience)
        {
            values = [.. (await Platform.SeriesAsync("gate/m-mall", "activePower", _start, _start.AddHours(5))).Select(p => p.Double("v"))];
        }

        Assert.Equal(Enumerable.Range(0, values.Count).Select(n => (double)n), values);
        Assert.True(values.Count >= acknowledged, $"{values.Count} of {acknowledged} stored");
        var ledger = await Platform.GetAsync("api/v1/ledger");
        Assert.Equal(0, ledger.Long("unaccounted"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_bystander is not null)
        {
            await _bystander.DisposeAsync();
            await Platform.QuietLedgerAsync();
        }

        await Platform.DisposeAsync();
    }
}
