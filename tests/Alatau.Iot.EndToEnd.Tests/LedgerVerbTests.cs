using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

public sealed class LedgerVerbTests
{
    [Fact]
    public async Task Ledger_RunningPlatform_PrintsTheAccountAndEndsWell()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        await using var platform = await AlatauProcess.StartAsync("run");
        await MosquittoClients.PublishAsync(platform.MqttPort, "alatau/v1/gate/m-hotel/telemetry", """{"v":{"activePower":1}}""", "-q", "1");
        await MosquittoClients.PublishAsync(platform.MqttPort, "alatau/v1/gate/nobody/telemetry", """{"v":{"activePower":1}}""", "-q", "1");
        await platform.QuietLedgerAsync(l => l.Long("received") == 2);

        string url = platform.Http.BaseAddress!.ToString();
        var table = await AlatauProcess.RunToEndAsync("ledger", "--url", url);
        Assert.True(table.ExitCode == 0, table.Output);
        Assert.Contains("Balanced and quiet.", table.Output, StringComparison.Ordinal);
        string[] total = table.Output.Split('\n').First(line => line.StartsWith("total", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(["total", "2", "1", "0", "1", "0", "0"], total);

        var json = await AlatauProcess.RunToEndAsync("ledger", "--url", url, "--json");
        Assert.Equal(0, json.ExitCode);
        Assert.Equal(2, JsonSerializer.Deserialize<JsonElement>(json.Output).GetProperty("byRoute").GetProperty("mqtt").Long("received"));
    }

    [Fact]
    public async Task Ledger_NobodyThere_FailsAndSaysWhereItLooked()
    {
        string url = FormattableString.Invariant($"http://127.0.0.1:{FreePort.Take()}");
        var (code, output) = await AlatauProcess.RunToEndAsync("ledger", "--url", url);
        Assert.Equal(1, code);
        Assert.Contains(url, output, StringComparison.Ordinal);
        Assert.Contains("--url", output, StringComparison.Ordinal);
    }
}
