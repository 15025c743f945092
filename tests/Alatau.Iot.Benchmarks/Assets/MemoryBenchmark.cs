using System.Globalization;
using Alatau.Iot.Benchmarks.Reporting;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Benchmarks.Servers;

namespace Alatau.Iot.Benchmarks.Assets;

/// <summary>What assets cost: one process before and after each of them has reported a few times.</summary>
internal static class MemoryBenchmark
{
    private const int DefaultAssets = 100_000;
    private const int Turns = 6;
    private const long WarmMessages = 200_000;
    private const int WarmAssets = 500;
    private const double TargetMegabytes = 150;

    /// <summary>Rules of the shipped folder for assets of unknown kind: silence, voltage and frequency high and low, CO2.</summary>
    private const int Rules = 6;

    public static async Task RunAsync(BenchOptions options, Report report)
    {
        int assets = options.Assets ?? DefaultAssets;
        await report.SectionAsync(
            "Memory",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{assets:N0} self-registered assets with 6 measurands, 3 windows and the {Rules} alarm rules that apply to them, {Turns} messages an asset, store none. Resident memory as the kernel sees it; no collection is forced, the heap is that after the latest one. Warmed: {WarmMessages:N0} messages of {WarmAssets:N0} other assets. Target: {TargetMegabytes:N0} MB above the idle process for 100,000."));
        var rows = new List<IReadOnlyList<string>>();
        for (int round = 1; round <= options.Rounds; round++)
        {
            var (idle, warmed, full) = await MeasureAsync(options, assets);
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
            report.Progress(string.Create(CultureInfo.InvariantCulture, $"memory round {round}: idle {idle.Resident / 1e6:F0} MB, warmed {warmed.Resident / 1e6:F0} MB, {assets:N0} assets {full.Resident / 1e6:F0} MB, {growth / assets:F0} B an asset, heap {(full.Heap - warmed.Heap) / assets:F0} B an asset"));
        }

        report.Table(["round", "idle MB", "warmed MB", "with assets MB", "growth over idle MB", "B an asset over idle", "B an asset over warmed", "heap B an asset"], rows);
    }

    private static async Task<(Sample Idle, Sample Warmed, Sample Full)> MeasureAsync(BenchOptions options, int assets)
    {
        await using var platform = await AlatauServer.StartAsync(options, ["Storage:Provider=none"]);
        var idle = await SampleAsync(platform);
        var warm = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, 0, WarmMessages, WarmAssets, LoadPlan.WarmSite));
        await platform.UntilStoredAsync(warm.Sent);
        var warmed = await SampleAsync(platform);
        var load = LoadPlan.Of(options, platform.MqttPort, 0, (long)assets * Turns, assets);
        var sent = await LoadPlan.RunAsync(load);
        await platform.UntilStoredAsync(warm.Sent + sent.Sent);
        var full = await SampleAsync(platform);
        await RoadCheck.RegistersAsync(platform, load, sent);
        return (idle, warmed, full);
    }

    private static async Task<Sample> SampleAsync(AlatauServer platform) => new(ProcessFigures.Of(platform.Id).ResidentBytes, await platform.ReadMetricAsync("alatau_heap_bytes"));

    private sealed record Sample(double Resident, double Heap);
}
