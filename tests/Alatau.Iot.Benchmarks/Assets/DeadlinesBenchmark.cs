using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Benchmarks.Servers;

namespace Alatau.Iot.Benchmarks.Assets;

/// <summary>What armed deadlines cost while they wait: processor time of an idle platform whose assets each have a silence deadline, and of one without assets.</summary>
internal static class DeadlinesBenchmark
{
    private const int DefaultAssets = 1_000_000;
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int assets = options.Assets ?? DefaultAssets;
        await report.SectionAsync(
            "Deadlines",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{assets:N0} assets whose silence is due in hours; processor time over {s_look.TotalSeconds} s in which nothing arrives, store none, after all windows are published and without a checkpoint in that time. Target: below 5 % of one core."));
        using var devices = new DevicesCopy(text => text.Replace("\"type\": \"silence\"", "\"type\": \"silence\", \"after\": \"12h\"", StringComparison.Ordinal));
        await using var platform = await AlatauServer.StartAsync(options, ["Storage:Provider=none", "Recovery:CheckpointInterval=01:00:00"], devices.Path);
        double empty = await LookAsync(platform);
        var sent = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, 0, assets, assets));
        await platform.UntilStoredAsync(sent.Sent);

        // Windows end by the idle rule; what is left then are silences.
        double before = -1;
        for (double now = CpuOf(platform); now - before > 0.5; now = CpuOf(platform))
        {
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System);
        }

        double armed = await platform.ReadMetricAsync("alatau_shard_deadlines");
        double full = await LookAsync(platform);
        if (armed < assets)
        {
            throw new WrongResultException($"{assets} assets have {armed} deadlines armed.");
        }

        report.Table(
            ["deadlines armed", "% of one core"],
            [
                ["0", Figures.Of(empty, 2)],
                [Figures.Whole(armed), Figures.Of(full, 2)],
            ]);
        report.Progress(string.Create(CultureInfo.InvariantCulture, $"deadlines: {armed:N0} armed cost {full:F2} % of one core, none {empty:F2} %"));
    }

    private static async Task<double> LookAsync(AlatauServer platform)
    {
        double before = CpuOf(platform);
        await Task.Delay(s_look, TimeProvider.System);
        return 100 * (CpuOf(platform) - before) / s_look.TotalSeconds;
    }

    private static double CpuOf(AlatauServer platform) => ProcessFigures.Of(platform.Id).CpuSeconds;
}
