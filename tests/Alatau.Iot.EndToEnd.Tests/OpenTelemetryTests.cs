using System.Net;
using System.Text;
using System.Text.Json;
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
    public async Task Log_FormatterIsJson_IsOneObjectALine()
    {
        await using var platform = await AlatauProcess.StartAsync("run", ["--set", "Logging:Console:FormatterName=json"]);

        var lines = platform.Output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.NotEqual("", line.GetProperty("Message").GetString()));
        Assert.All(lines, line => Assert.True(line.TryGetProperty("Category", out _) && line.TryGetProperty("LogLevel", out _)));
    }
}
