using System.Globalization;
using System.Runtime.InteropServices;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Benchmarks.Reporting;

/// <summary>What the measurement ran on.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<string>> DescribeAsync()
    {
        string model = First("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        double gibibytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        string load = File.Exists("/proc/loadavg") ? (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0] : "?";
        return
        [
            string.Create(CultureInfo.InvariantCulture, $"Machine: {model}, {Environment.ProcessorCount} cores, {gibibytes:F0} GiB, {RuntimeInformation.OSDescription}"),
            $"Runtime: {RuntimeInformation.FrameworkDescription}; {await VersionAsync("mosquitto", "-h")}; {await VersionAsync("influxd", "version")}",
            $"Load of the machine before: {load} (1-minute average; above 0.3 something else was running and the figures count less)",
        ];
    }

    private static string? First(string file, string key) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() : null;

    private static async Task<string> VersionAsync(string program, string argument)
    {
        if (ProcessPeer.Find(program) is not { } path)
        {
            return $"no {program}";
        }

        await using var process = ProcessPeer.Start(path, [argument]);
        await process.WaitForExitAsync();
        return process.Output.Split('\n').FirstOrDefault(l => l.Length > 0)?.Trim() ?? program;
    }
}
