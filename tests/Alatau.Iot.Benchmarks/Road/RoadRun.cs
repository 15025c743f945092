using System.Globalization;
using Alatau.Iot.Benchmarks.Servers;
using Alatau.Iot.Simulator.Load;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Benchmarks.Road;

/// <summary>One measured run: a fresh process, a warm-up on other assets, the load, and the check of what arrived.</summary>
internal static class RoadRun
{
    private const string Allocated = "alatau_allocated_bytes_total";
    /// <summary>Enough for the runtime to have optimised the road, however few messages are measured.</summary>
    private const long WarmMessages = 2_000_000;
    private const long WarmStored = 150_000;
    private const int WarmAssets = 500;

    /// <summary>A relay that has delivered nothing for so long has lost the rest.</summary>
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(3);

    public static Task<RoadFigures> MeasureAsync(BenchOptions options, RoadServer server, int qos, int assets) =>
        server.Store is null ? MosquittoAsync(options, server, qos, assets) : PlatformAsync(options, server, qos, assets);

    private static async Task<RoadFigures> MosquittoAsync(BenchOptions options, RoadServer server, int qos, int assets)
    {
        await using var broker = await MosquittoServer.StartAsync();
        using var subscriber = server.IsRelayed ? new LoadSubscriber("127.0.0.1", broker.Port, qos) : null;
        if (subscriber is not null)
        {
            await subscriber.WaitUntilSubscribedAsync(CancellationToken.None);
        }

        var warm = await LoadPlan.RunAsync(LoadPlan.Of(options, broker.Port, qos, WarmMessages / 4, WarmAssets, LoadPlan.WarmSite));
        if (subscriber is not null)
        {
            await ReceivedAsync(subscriber, warm.Sent);
        }

        long before = subscriber?.Received ?? 0;
        var serverBefore = ProcessFigures.Of(broker.Id);
        double clientBefore = Environment.CpuUsage.TotalTime.TotalSeconds;
        var sent = await LoadPlan.RunAsync(LoadPlan.Of(options, broker.Port, qos, options.Messages, assets, rate: options.Rate));
        var elapsed = sent.Elapsed;
        long lost = sent.Sent - sent.Acknowledged;
        if (subscriber is not null)
        {
            elapsed += await ReceivedAsync(subscriber, before + sent.Sent);
            lost = before + sent.Sent - subscriber.Received;
        }

        double client = Environment.CpuUsage.TotalTime.TotalSeconds - clientBefore;
        var after = ProcessFigures.Of(broker.Id);
        double millions = sent.Sent / 1e6;
        return new RoadFigures(sent.Sent / elapsed.TotalSeconds, (after.CpuSeconds - serverBefore.CpuSeconds) / millions, double.NaN, client / millions, after.HighWaterBytes, double.NaN, lost);
    }

    /// <summary>Waits for the relay's last message; answers how long after the call the last one came.</summary>
    private static async Task<TimeSpan> ReceivedAsync(LoadSubscriber subscriber, long messages)
    {
        long began = TimeProvider.System.GetTimestamp();
        long lastChange = began;
        long seen = -1;
        while (subscriber.Received < messages && TimeProvider.System.GetElapsedTime(lastChange) < s_silence)
        {
            if (subscriber.Received != seen)
            {
                seen = subscriber.Received;
                lastChange = TimeProvider.System.GetTimestamp();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        return subscriber.Received < messages ? TimeProvider.System.GetElapsedTime(began, lastChange) : TimeProvider.System.GetElapsedTime(began);
    }

    private static async Task<RoadFigures> PlatformAsync(BenchOptions options, RoadServer server, int qos, int assets)
    {
        long messages = server.IsStored ? Math.Max(1, options.Messages / 4) : options.Messages;
        await using var influx = server.Store == "influx" ? await InfluxDatabase.StartAsync() : null;
        string[] settings = influx is null
            ? [$"Storage:Provider={server.Store}", $"Recovery:Journal={server.IsJournaled}"]
            : [$"Storage:Provider={server.Store}", $"Storage:Influx:Url={influx.Uri}"];
        await using var platform = await AlatauServer.StartAsync(options, settings);
        var warm = await LoadPlan.RunAsync(LoadPlan.Of(options, platform.MqttPort, qos, server.IsStored ? WarmStored : WarmMessages, WarmAssets, LoadPlan.WarmSite));
        await platform.UntilStoredAsync(warm.Sent);

        // Two scrapes in a row tell what a scrape itself allocates.
        double scraped = await platform.ReadMetricAsync(Allocated);
        double allocatedBefore = await platform.ReadMetricAsync(Allocated);
        var before = ProcessFigures.Of(platform.Id);
        double databaseBefore = influx is null ? double.NaN : ProcessFigures.Of(influx.ProcessId).CpuSeconds;
        double clientBefore = Environment.CpuUsage.TotalTime.TotalSeconds;
        var load = LoadPlan.Of(options, platform.MqttPort, qos, messages, assets, rate: options.Rate);
        var sent = await LoadPlan.RunAsync(load);
        long ended = TimeProvider.System.GetTimestamp();
        await platform.UntilStoredAsync(warm.Sent + sent.Sent);
        var elapsed = sent.Elapsed + TimeProvider.System.GetElapsedTime(ended);
        double client = Environment.CpuUsage.TotalTime.TotalSeconds - clientBefore;
        double database = influx is null ? double.NaN : ProcessFigures.Of(influx.ProcessId).CpuSeconds - databaseBefore;
        var after = ProcessFigures.Of(platform.Id);
        double allocated = await platform.ReadMetricAsync(Allocated) - allocatedBefore - (allocatedBefore - scraped);
        if (sent.Sent != messages || sent.Acknowledged != messages)
        {
            throw new WrongResultException(string.Create(CultureInfo.InvariantCulture, $"{server.Name}: {messages} were to be sent, {sent.Sent} were, {sent.Acknowledged} acknowledged."));
        }

        await RoadCheck.RegistersAsync(platform, load, sent);
        if (server.IsStored)
        {
            await RoadCheck.WindowsAsync(platform, load, sent);
        }

        double millions = sent.Sent / 1e6;
        return new RoadFigures(
            sent.Sent / elapsed.TotalSeconds, (after.CpuSeconds - before.CpuSeconds) / millions, database / millions, client / millions, after.HighWaterBytes, Math.Max(0, allocated) / sent.Sent, 0);
    }
}
