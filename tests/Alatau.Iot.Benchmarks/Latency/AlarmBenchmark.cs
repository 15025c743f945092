using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Benchmarks.Servers;

namespace Alatau.Iot.Benchmarks.Latency;

/// <summary>From the PUBLISH of a reading past a limit to its alarm at an MQTT subscriber, beside 70 % of the load that the server took at most; and mosquitto's PUBLISH to subscriber beside the same load, or what it bears of it.</summary>
internal static class AlarmBenchmark
{
    private const int DefaultAssets = 1000;
    private const double Share = 0.7;
    private static readonly TimeSpan s_duration = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        await report.SectionAsync(
            "Alarms",
            string.Create(
                CultureInfo.InvariantCulture,
                $"From the PUBLISH (QoS 1) of a reading past a limit to its alarm at a subscriber (QoS 0), beside a load at QoS 1 of 70 % of what the server took at most just before, with a store: took and stored. mosquitto: from PUBLISH to subscriber beside the same load, or beside 70 % of what it swallows where that is less. {AlarmProbe.Assets} assets cross the limit twice in turn at instants fixed beforehand. Milliseconds. Target: p99 at most 10 ms, and at most 3 times mosquitto's at the same rate."));
        using var devices = new DevicesCopy(text => text);
        devices.Add(Path.Combine("alarm-rules", AlarmProbe.Rule, "rule.json"), """{"title":"Probe","severity":"low","condition":{"type":"threshold","measurand":"illuminance","high":100,"deadband":10}}""");
        double most;
        await using (var broker = await MosquittoServer.StartAsync())
        {
            var swallowed = await LoadPlan.RunAsync(LoadPlan.Of(options, broker.Port, 1, options.Messages / 4, DefaultAssets, LoadPlan.WarmSite));
            most = swallowed.MessagesPerSecond * Share;
        }

        var rows = new List<IReadOnlyList<string>>();
        foreach (string store in (string[])["none", "sqlite"])
        {
            var (full, atShare, atMost) = await OursAsync(options, store, devices.Path, most);
            Add(rows, report, $"Alatau.Iot, store {store}", full, atShare, null);
            double same = Math.Min(full, most);
            double[] relayed = await MosquittoAsync(options, same);
            Add(rows, report, "mosquitto", same, relayed, null);
            if (atMost is not null)
            {
                Add(rows, report, $"Alatau.Iot, store {store}", same, atMost, relayed);
            }
            else
            {
                rows[^2] = [.. rows[^2].SkipLast(1), Ratio(atShare, relayed)];
            }
        }

        report.Table(["server", "load messages/s", "samples", "p50", "p99", "most", "p99 to mosquitto's at this rate"], rows);
    }

    private static void Add(List<IReadOnlyList<string>> rows, Report report, string name, double rate, double[] sorted, double[]? relayed)
    {
        rows.Add(
        [
            name, Figures.Whole(rate), Figures.Whole(sorted.Length), Figures.Of(Figures.Quantile(sorted, 0.5), 2), Figures.Of(Figures.Quantile(sorted, 0.99), 2), Figures.Of(sorted[^1], 2), relayed is null ? "-" : Ratio(sorted, relayed),
        ]);
        report.Progress(string.Create(CultureInfo.InvariantCulture, $"alarms {name}: p50 {Figures.Quantile(sorted, 0.5):F2} ms, p99 {Figures.Quantile(sorted, 0.99):F2} ms at {rate:N0}/s"));
    }

    private static string Ratio(double[] sorted, double[] relayed) => Figures.Of(Figures.Quantile(sorted, 0.99) / Figures.Quantile(relayed, 0.99), 2);

    /// <returns>The load, the times beside it, and beside <paramref name="most"/> when that is less.</returns>
    private static async Task<(double Rate, double[] AtShare, double[]? AtMost)> OursAsync(BenchOptions options, string store, string devices, double most)
    {
        await using var platform = await AlatauServer.StartAsync(options, [$"Storage:Provider={store}"], devices);
        long sum = await FillAsync(options, platform, store, LoadPlan.WarmSite, 0);
        long began = TimeProvider.System.GetTimestamp();
        long filled = await FillAsync(options, platform, store, LoadPlan.FillSite, sum);
        double rate = filled / TimeProvider.System.GetElapsedTime(began).TotalSeconds * Share;
        sum += filled;
        var (atShare, sent) = await BesideAsync(options, platform.MqttPort, rate, LoadPlan.Site, alarms: true);
        sum += sent;
        await platform.UntilStoredAsync(sum);
        if (rate <= most)
        {
            return (rate, atShare, null);
        }

        var (atMost, again) = await BesideAsync(options, platform.MqttPort, most, "less", alarms: true);
        await platform.UntilStoredAsync(sum + again);
        return (rate, atShare, atMost);
    }

    private static async Task<double[]> MosquittoAsync(BenchOptions options, double rate)
    {
        await using var broker = await MosquittoServer.StartAsync();
        return (await BesideAsync(options, broker.Port, rate, LoadPlan.Site, alarms: false)).Sorted;
    }

    private static async Task<long> FillAsync(BenchOptions options, AlatauServer platform, string store, string site, long before)
    {
        var sent = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, 1, store == "none" ? options.Messages : options.Messages / 4, DefaultAssets, site));
        await platform.UntilStoredAsync(before + sent.Sent);
        return sent.Sent;
    }

    private static async Task<(double[] Sorted, long Sent)> BesideAsync(BenchOptions options, int port, double rate, string site, bool alarms)
    {
        await using var probe = await AlarmProbe.ConnectAsync(port, site == LoadPlan.Site ? "probe" : "probe2", alarms);
        var load = LoadPlan.RunAsync(LoadPlan.Of(options, port, 1, (long)(rate * s_duration.TotalSeconds) + 1, DefaultAssets, site, rate));
        await probe.RunAsync(load);
        var sent = await load;
        return (await probe.SortedAsync(), sent.Sent + probe.Sent);
    }
}
