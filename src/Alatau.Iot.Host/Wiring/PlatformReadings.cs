using System.Buffers;
using System.Text.Json;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Ingest.Sources;
using Alatau.Iot.Storage.Outbox;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.Hosting;

namespace Alatau.Iot.Host.Wiring;

/// <summary>What the platform measures of itself, and of its bridges, sent down the road of every device as <see cref="PlatformAsset"/>: its alarms are ordinary alarms, in the store, on MQTT, in the console and for subscribers.</summary>
/// <remarks>When the road takes nothing, because the journal doesn't, the readings go straight to the asset: that is when they matter most. They are in no account either way.</remarks>
internal sealed class PlatformReadings(
    TelemetryRoad road,
    IAssetRuntime runtime,
    AssetDirectory assets,
    MeasurandCatalog measurands,
    IEnumerable<MessageJournal> journals,
    IEnumerable<HistoryRecorder> recorders,
    IEnumerable<HistoryOutbox> outboxes,
    IEnumerable<BridgeSource> bridges,
    TimeProvider clock) : BackgroundService
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    private static readonly byte[] s_topic = System.Text.Encoding.UTF8.GetBytes($"alatau/v1/{PlatformAsset.Id.Site}/{PlatformAsset.Id.Name}/telemetry");

    private readonly MessageJournal? _journal = journals.FirstOrDefault();
    private readonly HistoryRecorder? _recorder = recorders.FirstOrDefault();
    private readonly HistoryOutbox? _outbox = outboxes.FirstOrDefault();
    private const int LooksPerPeriod = 5;

    private readonly BridgeSource[] _bridges = [.. bridges];
    private readonly Dictionary<BridgeSource, (Instant Since, bool IsTold)> _lost = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!assets.TryFind(PlatformAsset.Id, out var asset) || road.Bind(s_topic) is not { } binding)
        {
            return;
        }

        var ways = Ways();
        using var timer = new PeriodicTimer(Period / LooksPerPeriod, clock);
        int looks = 0;
        try
        {
            do
            {
                var now = Instant.Now(clock);
                bool isDue = looks++ % LooksPerPeriod == 0;
                if (isDue)
                {
                    Send(asset, binding, s_topic, now, Look(now), now);
                }

                foreach (var (bridge, handle, way, topic) in ways)
                {
                    Look(bridge, handle, way, topic, now, isDue);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A stop, or a start that failed.
        }
    }

    private List<(BridgeSource Bridge, AssetHandle Asset, TelemetryBinding Binding, byte[] Topic)> Ways()
    {
        var ways = new List<(BridgeSource, AssetHandle, TelemetryBinding, byte[])>();
        foreach (var bridge in _bridges)
        {
            var id = PlatformAsset.BridgeId(bridge.BridgeName);
            byte[] topic = System.Text.Encoding.UTF8.GetBytes($"alatau/v1/{id.Site}/{id.Name}/telemetry");
            if (assets.TryFind(id, out var asset) && road.Bind(topic) is { } binding)
            {
                ways.Add((bridge, asset, binding, topic));
            }
        }

        return ways;
    }

    /// <summary>A bridge measures while it is connected, and says goodbye once, for when it was lost, at the second look that finds it so.</summary>
    private void Look(BridgeSource bridge, AssetHandle asset, TelemetryBinding binding, byte[] topic, Instant now, bool isDue)
    {
        if (bridge.IsConnected)
        {
            if (_lost.Remove(bridge) || isDue)
            {
                Send(asset, binding, topic, now, [("bridgesDown", 0), ("online", 1)], now);
            }
        }
        else if (!_lost.TryGetValue(bridge, out var lost))
        {
            _lost[bridge] = (now, false);
        }
        else if (!lost.IsTold)
        {
            _lost[bridge] = (lost.Since, Send(asset, binding, topic, lost.Since, [("online", 0)], now));
        }
    }

    /// <returns>False when nobody took it.</returns>
    private bool Send(AssetHandle asset, TelemetryBinding binding, byte[] topic, Instant measuredAt, (string Name, double Value)[] values, Instant now)
    {
        var answer = road.Take(binding, new RoadMessage { Topic = topic, Payload = Payload(values, measuredAt), ReceivedAt = now, Route = Ledger.Apart, Client = "platform"u8 });
        if (answer.Verdict == IntakeVerdict.Busy)
        {
            Reading[] readings = [.. values.Select(v => new Reading(measuredAt, v.Value, 0, measurands.Id(v.Name), Quality.Good, ReadingOrigin.None))];
            return road.AtRest(() => runtime.TryPost(new ReadingBatch(asset, now, Ledger.Apart, 0, readings)));
        }

        return true;
    }

    private (string Name, double Value)[] Look(Instant now) =>
    [
        ("journalFill", 100 * (_journal?.Fill ?? 0)),
        ("outboxFill", 100 * (_outbox?.Fill ?? 0)),
        ("storeAway", _recorder?.Absence is { } absence ? Math.Max(0, (now - absence.Since).TotalSeconds) : 0),
        ("bridgesDown", _bridges.Count(b => !b.IsConnected)),
    ];

    private static ReadOnlySpan<byte> Payload((string Name, double Value)[] values, Instant now)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("ts", now.UnixMilliseconds);
            json.WriteStartObject("v");
            foreach (var (name, value) in values)
            {
                json.WriteNumber(name, Math.Round(value, 3));
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
