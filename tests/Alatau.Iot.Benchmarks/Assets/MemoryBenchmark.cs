using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Benchmarks.Servers;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Assets;

/// <summary>What assets cost: a process without any, beside one with a fleet of meters of which each has reported a few times.</summary>
internal static class MemoryBenchmark
{
    private const int DefaultAssets = 100_000;
    private const int Turns = 6;
    private const long WarmMessages = 200_000;
    private const int WarmAssets = 500;
    private const double TargetMegabytes = 150;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int assets = options.Assets ?? DefaultAssets;
        await report.SectionAsync(
            "Memory",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{assets:N0} meters of a fleet file with 6 measurands, 3 windows and {MeterFleet.Rules} alarm rules each, {Turns} messages a meter, store none. Resident memory as the kernel sees it, no collection is forced. Target: {TargetMegabytes:N0} MB above the idle process for 100,000."));
        var rows = new List<IReadOnlyList<string>>();
        for (int round = 1; round <= options.Rounds; round++)
        {
            var (idle, warmed, _) = await MeasureAsync(options, 0);
            var (_, _, full) = await MeasureAsync(options, assets);
            double growth = full.Resident - idle.Resident;
            rows.Add(
            [
                round.ToString(CultureInfo.InvariantCulture),
                Figures.Megabytes(idle.Resident),
                Figures.Megabytes(warmed.Resident),
                Figures.Megabytes(full.Resident),
                Figures.Megabytes(growth),
                Figures.Whole(growth / assets),
                Figures.Whole((full.Resident - warmed.Resident) / assets),
                Figures.Whole((full.Heap - warmed.Heap) / assets),
            ]);
            report.Progress(string.Create(CultureInfo.InvariantCulture, $"memory round {round}: idle {idle.Resident / 1e6:F0} MB, warmed {warmed.Resident / 1e6:F0} MB, {assets:N0} assets {full.Resident / 1e6:F0} MB, {growth / assets:F0} B an asset"));
        }

        report.Table(["round", "idle MB", "warmed, no assets MB", "with assets MB", "growth over idle MB", "B an asset over idle", "B an asset over warmed", "heap B an asset"], rows);
    }

    private static async Task<(Sample Idle, Sample Warmed, Sample Full)> MeasureAsync(BenchOptions options, int meters)
    {
        using var devices = new TempFolder();
        MeterFleet.Write(devices, meters);
        await using var platform = await AlatauServer.StartAsync(options, ["Storage:Provider=none"], devices.Path);
        var idle = await SampleAsync(platform);
        var warm = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, 0, WarmMessages, WarmAssets, LoadPlan.WarmSite));
        await platform.UntilStoredAsync(warm.Sent);
        var warmed = await SampleAsync(platform);
        if (meters == 0)
        {
            return (idle, warmed, warmed);
        }

        var load = LoadPlan.Of(options, platform.MqttPort, 0, (long)meters * Turns, meters);
        var sent = await LoadPlan.RunAsync(load);
        await platform.UntilStoredAsync(warm.Sent + sent.Sent);
        var full = await SampleAsync(platform);
        await RoadCheck.RegistersAsync(platform, load, sent);
        return (idle, warmed, full);
    }

    private static async Task<Sample> SampleAsync(AlatauServer platform) => new(ProcessFigures.Of(platform.Id).ResidentBytes, await platform.ReadMetricAsync("alatau_heap_bytes"));

    private sealed record Sample(double Resident, double Heap);
}
