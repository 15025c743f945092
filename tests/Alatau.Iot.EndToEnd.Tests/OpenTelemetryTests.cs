using System.Net;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>What outside tools take from a running platform: metrics by OTLP, log lines as JSON.</summary>
public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task Metrics_EndpointIsSet_ArriveAsProtobufWithTheirNamesAndTheHeader()
    {
        var arrived = new TaskCompletionSource<(string Type, string Key, string Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var collector = builder.Build();
        collector.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            arrived.TrySetResult((request.ContentType ?? "", request.Headers["api-key"].ToString(), Encoding.Latin1.GetString(body.ToArray())));
        });
        await collector.StartAsync(TestContext.Current.CancellationToken);

        await using var platform = await AlatauProcess.StartAsync(
            "run", ["--set", $"OpenTelemetry:Endpoint={collector.Urls.First()}/v1/metrics", "--set", "OpenTelemetry:ExportSeconds=1", "--set", "OpenTelemetry:Headers=api-key=k1"]);
        var (type, key, text) = await arrived.Task.WaitAsync(AlatauProcess.Patience, TestContext.Current.CancellationToken);

        Assert.Equal(("application/x-protobuf", "k1"), (type, key));
        foreach (string name in (string[])["alatau_assets", "alatau_messages_received_total", "alatau_process_cpu_seconds_total", "service.name", "alatau"])
        {
            Assert.Contains(name, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Metrics_DecodedByOpenTelemetrysOwnCode_AreWhatTheScrapeSays()
    {
        string folder = Path.Combine(AlatauProcess.Root, "tests", "Alatau.Iot.EndToEnd.Tests", "oracle");
        Assert.SkipWhen(ProcessPeer.Find("node") is null, "node isn't installed");
        Assert.SkipWhen(!Directory.Exists(Path.Combine(folder, "node_modules", "@opentelemetry", "otlp-transformer")), $"'npm install' has not been run in {folder}");
        await using var receiver = ProcessPeer.Start(ProcessPeer.Find("node")!, [Path.Combine(folder, "otlp.js")]);
        await receiver.WaitForAsync("port ");
        string port = receiver.Output.Split('\n')[0]["port ".Length..].Trim();
        await using var platform = await AlatauProcess.StartAsync("run", ["--set", $"OpenTelemetry:Endpoint=http://127.0.0.1:{port}/v1/metrics", "--set", "OpenTelemetry:ExportSeconds=1", "--set", "Ingest:AutoRegister=true"]);
        for (int i = 0; i < 3; i++)
        {
            using var content = new StringContent("{\"v\":{\"co2\":400}}", Encoding.UTF8, "application/json");
            using var answer = await platform.Http.PostAsync(new Uri($"api/v1/telemetry?site=green&asset=room-{i}", UriKind.Relative), content, TestContext.Current.CancellationToken);
            answer.EnsureSuccessStatusCode();
        }

        double assets = await platform.MetricAsync("alatau_assets");

        // An export comes line by line, so that what is looked at may be half of one.
        await Eventually.TrueAsync(() => Points(receiver).Any(p => p is { Name: "alatau_messages_received_total", Kind: "counter", Value: 3 } && p.Attributes == "{\"route\":\"http\"}"));
        await Eventually.TrueAsync(() => Points(receiver).Any(p => p is { Name: "alatau_assets", Kind: "gauge" } && p.Value.Equals(assets)));
        Assert.All(Points(receiver), p => Assert.Equal("alatau", p.Service));

        // Every sample of a scrape is exported, under the same name.
        string[] scraped = [.. (await platform.Http.GetStringAsync(new Uri("metrics", UriKind.Relative), TestContext.Current.CancellationToken)).Split('\n').Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];
        Assert.NotEmpty(scraped);
        await Eventually.TrueAsync(() => !scraped.Except(Points(receiver).Select(p => p.Name), StringComparer.Ordinal).Any());
        Assert.DoesNotContain("undecodable", receiver.Output, StringComparison.Ordinal);
        await receiver.KillAsync();
    }

    [Fact]
    public async Task Log_FormatterIsJson_IsOneObjectALine()
    {
        await using var platform = await AlatauProcess.StartAsync("run", ["--set", "Logging:Console:FormatterName=json"]);

        var lines = platform.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.NotEqual("", line.GetProperty("Message").GetString()));
        Assert.All(lines, line => Assert.True(line.TryGetProperty("Category", out _) && line.TryGetProperty("LogLevel", out _)));
    }

    private static List<(string Service, string Name, string Kind, string Attributes, double Value)> Points(ProcessPeer receiver) =>
        [.. receiver.Output.Split('\n').Where(line => line.StartsWith('[') && line.TrimEnd().EndsWith(']')).Select(line => JsonDocument.Parse(line).RootElement).Select(p => (p[0].GetString()!, p[1].GetString()!, p[2].GetString()!, p[4].GetRawText(), p[5].GetDouble()))];
}
