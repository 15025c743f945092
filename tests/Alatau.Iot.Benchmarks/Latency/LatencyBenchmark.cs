using System.Globalization;
using System.Text;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Benchmarks.Servers;
using Alatau.Iot.Mqtt.Client;

namespace Alatau.Iot.Benchmarks.Latency;

/// <summary>PUBLISH to PUBACK of one device that publishes a thousand times a second while others put half of the possible load on the server.</summary>
internal static class LatencyBenchmark
{
    private const int DefaultAssets = 1000;
    private const string ProbeSite = "probe";
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(1);

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await report.SectionAsync(
            "Latency",
            "PUBLISH to PUBACK at QoS 1 of one connection beside others that send half of what the server took at most just before, with a store: took and stored. Milliseconds. Target: p99 below 10 ms.");
        var rows = new List<IReadOnlyList<string>>();
        foreach (string? store in (string?[])[null, "none", "sqlite"])
        {
            string name = store is null ? "mosquitto, swallowing" : $"Alatau.Iot, store {store}";
            var (rate, sorted) = await MeasureAsync(options, store);
            rows.Add(
            [
                name, Figures.Whole(rate), Figures.Whole(sorted.Length), Figures.Of(Figures.Quantile(sorted, 0.5), 2), Figures.Of(Figures.Quantile(sorted, 0.99), 2), Figures.Of(sorted[^1], 2),
            ]);
            report.Progress(string.Create(CultureInfo.InvariantCulture, $"latency {name}: p50 {Figures.Quantile(sorted, 0.5):F2} ms, p99 {Figures.Quantile(sorted, 0.99):F2} ms at {rate:N0}/s"));
        }

        report.Table(["server", "load messages/s", "samples", "p50", "p99", "most"], rows);
    }

    private static async Task<(double Rate, double[] Sorted)> MeasureAsync(BenchOptions options, string? store)
    {
        if (store is null)
        {
            await using var broker = await MosquittoServer.StartAsync();
            var taken = await LoadPlan.RunAsync(LoadPlan.Of(options, broker.Port, 1, options.Messages / 4, DefaultAssets, LoadPlan.WarmSite));
            double swallowed = taken.MessagesPerSecond / 2;
            return (swallowed, (await ProbeAsync(options, broker.Port, swallowed)).Sorted);
        }

        await using var platform = await AlatauServer.StartAsync(options, [$"Storage:Provider={store}"]);
        long first = await FillAsync(options, platform, store, LoadPlan.WarmSite);
        long began = TimeProvider.System.GetTimestamp();
        long second = await FillAsync(options, platform, store, LoadPlan.FillSite, first);
        double half = second / TimeProvider.System.GetElapsedTime(began).TotalSeconds / 2;
        var (sorted, sent) = await ProbeAsync(options, platform.MqttPort, half);
        await platform.UntilStoredAsync(first + second + sent);
        return (half, sorted);
    }

    /// <summary>Sends as fast as it goes and waits until all of it is stored: a rate that a backlog would only defer is none.</summary>
    private static async Task<long> FillAsync(BenchOptions options, AlatauServer platform, string store, string site, long before = 0)
    {
        var sent = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, 1, store == "none" ? options.Messages : options.Messages / 4, DefaultAssets, site));
        await platform.UntilStoredAsync(before + sent.Sent);
        return sent.Sent;
    }

    /// <summary>Loads the server by <paramref name="half"/> messages a second and probes.</summary>
    private static async Task<(double[] Sorted, long Sent)> ProbeAsync(BenchOptions options, int port, double half)
    {
        var load = LoadPlan.RunAsync(LoadPlan.Of(options, port, 1, (long)(half * s_duration.TotalSeconds) + 1, DefaultAssets, rate: half));
        await using var client = await MqttClient.ConnectAsync(new MqttClientOptions { Port = port, ClientId = "alatau-probe" });
        byte[] topic = Encoding.ASCII.GetBytes($"alatau/v1/{ProbeSite}/1/telemetry");
        var samples = new List<double>();
        long measuredAt = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds();
        using var timer = new PeriodicTimer(s_period, TimeProvider.System);
        while (!load.IsCompleted)
        {
            byte[] payload = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$$"""{"ts":{{{measuredAt++}}},"v":{"activePower":1000.5}}"""));
            long began = TimeProvider.System.GetTimestamp();
            var answer = await client.PublishAsync(topic, payload, qos: 1);
            samples.Add(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
            if (!answer.IsAccepted)
            {
                throw new WrongResultException($"A probe was answered {answer.Reason}.");
            }

            await timer.WaitForNextTickAsync();
        }

        var sent = await load;
        return ([.. samples.Order()], sent.Sent + samples.Count);
    }
}
