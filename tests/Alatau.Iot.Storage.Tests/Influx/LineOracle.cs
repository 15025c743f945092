using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Storage.Tests.Influx;

/// <summary>Runs InfluxData's own JavaScript client.</summary>
internal static class LineOracle
{
    private static readonly string s_folder = ProjectRoot.Of("tests", "Alatau.Iot.Storage.Tests", "oracle");

    /// <summary>Null when it can run, else why a test has to be skipped.</summary>
    internal static string? Missing =>
        ProcessPeer.Find("node") is null ? "node isn't installed"
        : !Directory.Exists(Path.Combine(s_folder, "node_modules", "@influxdata", "influxdb-client")) ? $"'npm install' has not been run in {s_folder}"
        : null;

    internal static async Task<string> RunAsync(string script, string input, params string[] arguments)
    {
        await using var process = ProcessPeer.Start(ProcessPeer.Find("node")!, [Path.Combine(s_folder, script), .. arguments]);
        await process.Input.WriteAsync(input);
        process.Input.Close();
        Assert.True(await process.WaitForExitAsync() == 0, process.Output);
        return process.Output;
    }
}
