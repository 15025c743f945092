using System.Globalization;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Ctrl+C drains and stops in time, and what was acknowledged is kept.</summary>
public sealed class StopTests
{
    /// <summary>What the issue promises between Ctrl+C and the end.</summary>
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(5);

    // Message n is stamped START + n ms and says n, so that a series tells which of them are there. Prints how many were acknowledged, and which, as ranges.
    private const string Publisher = """
        start = int(sys.stdin.readline())
        acked, lock, gone = set(), threading.Lock(), threading.Event()
        mids = {}
        def on_publish(client, data, mid, *more):
            with lock:
                acked.add(mids[mid]) if mid in mids else early.add(mid)
        early = set()
        c = new_client("loader")
        c.max_inflight_messages_set(500)
        c.on_publish = on_publish
        c.on_disconnect = lambda *more: gone.set()
        c.connect("127.0.0.1", PORT)
        c.loop_start()
        n = 0
        while not gone.is_set() and n < 400000:
            if n - len(acked) > 2000:
                time.sleep(0.001)
                continue
            info = c.publish("alatau/v1/green/loaded/telemetry", '{"ts":%d,"v":{"activePower":%d}}' % (start + n, n), qos=1)
            with lock:
                mids[info.mid] = n
                if info.mid in early:
                    early.discard(info.mid)
                    acked.add(n)
            n += 1
            if n % 500 == 0:
                say("ACKED %d" % len(acked))
        c.loop_stop()
        ranges, first, last = [], None, None
        for i in sorted(acked):
            if last is None or i != last + 1:
                if last is not None:
                    ranges.append((first, last))
                first = i
            last = i
        if last is not None:
            ranges.append((first, last))
        say("TOTAL %d OF %d RANGES %s" % (len(acked), n, ",".join("%d-%d" % r for r in ranges)))
        """;

    [Fact]
    public Task CtrlC_UnderAcknowledgedLoad_EndsInTimeAndKeepsWhatWasAcknowledged() => KeepsWhatWasAcknowledgedAsync([], async platform =>
    {
        var (code, took) = await platform.StopAsync();
        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, Promise.Here(s_stop));
    });

    [Fact]
    public Task Kill_UnderAcknowledgedLoadWithJournal_KeepsWhatWasAcknowledged() =>
        KeepsWhatWasAcknowledgedAsync(["--set", "Recovery:Journal=true", "--set", "Recovery:CheckpointInterval=00:00:01"], async platform =>
        {
            await platform.UntilMetricAsync("alatau_checkpoints_total", taken => taken >= 1);
            platform.Kill();
        });

    private static async Task KeepsWhatWasAcknowledgedAsync(string[] settings, Func<AlatauProcess, Task> end)
    {
        Assert.SkipWhen(PahoScript.Missing is not null, PahoScript.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        string[] options = ["--set", "Ingest:AutoRegister=true", .. settings];
        var start = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().AddMinutes(-20).ToUnixTimeMilliseconds());
        try
        {
            string report;
            await using (var platform = await AlatauProcess.StartAsync("run", options, folder))
            {
                await using var publisher = PahoScript.Start(platform.MqttPort, Publisher);
                await publisher.Input.WriteLineAsync(start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
                await publisher.Input.FlushAsync();
                await publisher.WaitForAsync(o => o.Split('\n').Any(l => l.StartsWith("ACKED ", StringComparison.Ordinal) && int.Parse(l.AsSpan(6), CultureInfo.InvariantCulture) >= 3000), "3,000 acknowledged", AlatauProcess.Patience);
                await end(platform);
                Assert.Equal(0, await publisher.WaitForExitAsync(AlatauProcess.Patience));
                report = publisher.Output.Split('\n').Single(l => l.StartsWith("TOTAL ", StringComparison.Ordinal));
            }

            await using var again = await AlatauProcess.StartAsync("run", options, folder);
            var acknowledged = Acknowledged(report);
            Assert.True(acknowledged.Count >= 3000, report);
            await MosquittoClients.PublishAsync(again.MqttPort, "alatau/v1/green/loaded/telemetry", """{"v":{"voltage":230}}""", "-q", "1");
            await again.UntilAsync("api/v1/assets/green/loaded", a => a.ValueOf("voltage") == 230);
            await again.UntilAsync("api/v1/ledger", l => l.Long("waiting") == 0 && l.Long("unaccounted") == 0);
            var stored = (await again.SeriesAsync("green/loaded", "activePower", start, start.AddMinutes(15))).Select(p => (int)p.Double("v")).ToHashSet();
            var lost = acknowledged.Where(n => !stored.Contains(n)).ToList();
            Assert.True(lost.Count == 0, $"{lost.Count} of {acknowledged.Count} acknowledged messages are not in the store, the first: {lost.FirstOrDefault()}. {report}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task CtrlC_DuringTheDemosCatchUp_EndsInTimeAndBooksAreClosed()
    {
        await using var demo = await AlatauProcess.StartAsync("demo");
        await demo.UntilAsync("api/v1/ledger", l => l.Long("received") > 500);
        var (code, took) = await demo.StopAsync();
        Assert.Equal(0, code);
        Assert.InRange(took, TimeSpan.Zero, Promise.Here(s_stop));
        Assert.DoesNotContain("fail:", demo.Output, StringComparison.Ordinal);
    }

    private static List<int> Acknowledged(string report) =>
        [.. report[(report.IndexOf("RANGES ", StringComparison.Ordinal) + 7)..].Trim().Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(r => r.Split('-').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).ToArray())
            .SelectMany(r => Enumerable.Range(r[0], r[1] - r[0] + 1))];
}
