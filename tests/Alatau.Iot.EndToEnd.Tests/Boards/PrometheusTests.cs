using System.Text.Json;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Boards;

/// <summary>What <c>/metrics</c> says of a running platform, judged by Prometheus' own tools.</summary>
public sealed class PrometheusTests
{
    private static readonly string? s_missing = ProcessPeer.Find("promtool") is null || ProcessPeer.Find("prometheus") is null ? "promtool and prometheus (Debian's prometheus) aren't installed" : null;

    [Fact]
    public async Task Metrics_OfARunningPlatform_PassPromtool()
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var platform = await AlatauProcess.StartAsync("run");
        string text = await platform.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        Assert.Contains("alatau_assets ", text, StringComparison.Ordinal);

        await using var promtool = ProcessPeer.Start(ProcessPeer.Find("promtool")!, ["check", "metrics"]);
        await promtool.Input.WriteAsync(text);
        promtool.Input.Close();

        Assert.True(await promtool.WaitForExitAsync() == 0, promtool.Output);
    }

    [Fact]
    public async Task Prometheus_ScrapingThePlatform_HasItsNumbers()
    {
        Assert.SkipWhen(s_missing is not null, s_missing ?? "");
        await using var platform = await AlatauProcess.StartAsync("run");
        using var folder = new TempFolder();
        int port = FreePort.Take();
        string config = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(config, FormattableString.Invariant($$"""
            global: { scrape_interval: 1s, scrape_timeout: 1s }
            scrape_configs:
              - job_name: alatau
                static_configs: [ { targets: [ "127.0.0.1:{{platform.Http.BaseAddress!.Port}}" ] } ]
            """));
        await using var prometheus = ProcessPeer.Start(ProcessPeer.Find("prometheus")!, ["--config.file", config, "--storage.tsdb.path", Path.Combine(folder.Path, "data"), "--web.listen-address", FormattableString.Invariant($"127.0.0.1:{port}")]);
        await prometheus.WaitForAsync("Server is ready");

        using var client = new HttpClient { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/")) };
        await Eventually.TrueAsync(async () => await AskAsync(client, "up{job=\"alatau\"}") == "1");
        string text = await platform.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        string assets = text.Split('\n').Single(l => l.StartsWith("alatau_assets ", StringComparison.Ordinal))["alatau_assets ".Length..];
        Assert.True(int.Parse(assets, System.Globalization.CultureInfo.InvariantCulture) > 100, assets);
        await Eventually.TrueAsync(async () => await AskAsync(client, "alatau_assets") == assets);
        await prometheus.KillAsync();
    }

    private static async Task<string?> AskAsync(HttpClient client, string query)
    {
        using var json = JsonDocument.Parse(await client.GetStringAsync(new Uri("api/v1/query?query=" + Uri.EscapeDataString(query), UriKind.Relative)));
        var result = json.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? null : result[0].GetProperty("value")[1].GetString();
    }
}
