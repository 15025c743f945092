using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Benchmarks.Servers;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Benchmarks.Assets;

/// <summary>Processor time of a message as assets grow from a thousand to a million, each known before it is measured.</summary>
internal static class ScaleBenchmark
{
    private const long WarmMessages = 2_000_000;
    private const int WarmAssets = 500;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int[] sizes = options.Assets is { } only ? [only] : [1_000, 10_000, 100_000, 1_000_000];
        await report.SectionAsync(
            "Scale",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Messages:N0} messages at QoS 0 over more and more assets, store none; every asset has had one message before. Median of {options.Rounds} rounds. Target: at most 1.5 times the processor time of 1,000 assets."));
        var runs = sizes.ToDictionary(s => s, _ => new List<(double Cpu, double Rate, double Memory)>());
        for (int round = 1; round <= options.Rounds; round++)
        {
            foreach (int size in sizes)
            {
                var figures = await MeasureAsync(options, size);
                runs[size].Add(figures);
                report.Progress(string.Create(CultureInfo.InvariantCulture, $"scale round {round} {size,9:N0} assets: {figures.Cpu:F2} s/million, {figures.Rate:N0}/s, {figures.Memory / 1e6:N0} MB"));
            }
        }

        double smallest = Figures.Median(runs[sizes[0]].Select(r => r.Cpu));
        report.Table(
            ["assets", "server CPU s/million", "to the first", "messages/s", "most memory MB"],
            sizes.Select(size =>
            {
                double cpu = Figures.Median(runs[size].Select(r => r.Cpu));
                return (IReadOnlyList<string>)
                [
                    Figures.Whole(size), Figures.Of(cpu, 2), Figures.Of(cpu / smallest, 2), Figures.Whole(Figures.Median(runs[size].Select(r => r.Rate))), Figures.Megabytes(runs[size].Max(r => r.Memory)),
                ];
            }));
    }

    private static async Task<(double Cpu, double Rate, double Memory)> MeasureAsync(BenchOptions options, int size)
    {
        await using var platform = await AlatauServer.StartAsync(options, ["Storage:Provider=none"]);
        var warm = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, 0, Math.Min(WarmMessages, options.Messages), WarmAssets, LoadPlan.WarmSite));
        var load = LoadPlan.Of(options, platform.MqttPort, 0, Math.Max(options.Messages, size), size);
        var first = LoadPlan.Of(options, platform.MqttPort, 0, size, size);
        first.Start = new Instant(load.Start.UnixMilliseconds - 1000);
        var known = await LoadPlan.RunAsync(first);
        await platform.UntilStoredAsync(warm.Sent + known.Sent);
        var before = ProcessFigures.Of(platform.Id);
        var sent = await LoadPlan.RunAsync(load);
        long ended = TimeProvider.System.GetTimestamp();
        await platform.UntilStoredAsync(warm.Sent + known.Sent + sent.Sent);
        var elapsed = sent.Elapsed + TimeProvider.System.GetElapsedTime(ended);
        var after = ProcessFigures.Of(platform.Id);
        await RoadCheck.RegistersAsync(platform, load, sent);
        return ((after.CpuSeconds - before.CpuSeconds) / (sent.Sent / 1e6), sent.Sent / elapsed.TotalSeconds, after.HighWaterBytes);
    }
}
