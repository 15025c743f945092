using System.Buffers;
using System.Collections.Concurrent;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Decodes a message and hands its readings to the asset; what can't be taken goes to quarantine. The same steps for every source.</summary>
/// <remarks>Any thread may call it; a thread's own buffer makes the way free of allocation.</remarks>
public sealed class TelemetryRoad : IMetricSource
{
    [ThreadStatic]
    private static ReadingBuffer? t_buffer;

    [ThreadStatic]
    private static AssetHandle t_fullFor;

    private readonly IAssetRuntime _runtime;
    private readonly DeviceResolver _devices;
    private readonly IQuarantine _quarantine;
    private readonly Ledger _ledger;
    private readonly ProcessorOptions _limits;
    private readonly RoadCounters _counters = new();

    /// <param name="limits">The clock guard of the assets: the road asks first, while it still has the bytes to set aside.</param>
    public TelemetryRoad(IAssetRuntime runtime, DeviceResolver devices, IQuarantine quarantine, Ledger ledger, ProcessorOptions limits) =>
        (_runtime, _devices, _quarantine, _ledger, _limits) = (runtime, devices, quarantine, ledger, limits);

    /// <summary>Who can send commands back to devices (a Sparkplug node is asked for its birth), by the route their messages came in on. Any thread may call a sender; it gets topic and payload.</summary>
    public ConcurrentDictionary<byte, Action<string, ReadOnlyMemory<byte>>> Senders { get; } = new();

    /// <summary>What the road knows of a topic; null when no profile fits and the topic isn't under the platform's own prefix.</summary>
    public TelemetryBinding? Bind(ReadOnlySpan<byte> topic) => _devices.Bind(topic);

    /// <summary>Takes one message. It is either on its way to its asset, in quarantine, or (busy) not taken at all.</summary>
    public IntakeResult Take(TelemetryBinding binding, in RoadMessage message)
    {
        switch (binding.Kind)
        {
            case BindingKind.Ignored:
                _counters.Ignored.Increment();
                return new IntakeResult(IntakeVerdict.Taken);
            case BindingKind.Reserved:
                _counters.Refused.Increment();
                return new IntakeResult(IntakeVerdict.Quarantined, QuarantineReason.UnknownTopic, "Only the platform publishes on this topic.");
            case BindingKind.Unknown:
                return SetAside(message, binding.Reason, binding.Detail);
            default:
                break;
        }

        var buffer = t_buffer ??= new ReadingBuffer();
        var result = binding.Decoder!.Decode(message.Payload, new DecodeContext(message.ReceivedAt, message.IsRetained, binding.Zone), buffer);
        if (result.NeedsRebirth && binding.CommandTopic is { } commandTopic && Senders.TryGetValue(message.Route, out var send))
        {
            var command = new ArrayBufferWriter<byte>();
            SparkplugRebirth.Write(command, message.ReceivedAt);
            send(commandTopic, command.WrittenMemory);
        }

        switch (result.Outcome)
        {
            case DecodeOutcome.Ignored:
                _counters.Ignored.Increment();
                return new IntakeResult(IntakeVerdict.Taken);
            case DecodeOutcome.Quarantined:
                return SetAside(message, result.Reason, result.Detail);
            default:
                break;
        }

        if (ClockFault(buffer.Readings, message.ReceivedAt) is { } fault)
        {
            return SetAside(message, fault.Reason, fault.Detail);
        }

        return Post(binding, message, buffer);
    }

    /// <summary>Completes when the inbox that was full for the calling thread's last message has room.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _runtime.WaitForRoomAsync(t_fullFor, cancellationToken);

    public void WriteMetrics(IMetricWriter writer) => _counters.WriteMetrics(writer);

    private IntakeResult Post(TelemetryBinding binding, in RoadMessage message, ReadingBuffer buffer)
    {
        // A message for several assets counts once for each of them: if one inbox is full in the middle, the whole is offered again, and the
        // assets that had it already call it a duplicate, so the account still closes.
        int segments = buffer.SegmentCount;
        for (int i = 0; i < segments; i++)
        {
            var segment = buffer.Segment(i);
            var asset = binding.Asset;
            if (segment.DeviceKey is { } key && !_devices.TryFindAsset(binding, key, out asset))
            {
                continue;
            }

            var batch = new ReadingBatch(asset, message.ReceivedAt, message.Route, 0, buffer.Readings.Slice(segment.Start, segment.Count));
            if (!_runtime.TryPost(batch))
            {
                t_fullFor = asset;
                _counters.Busy.Increment();
                return new IntakeResult(IntakeVerdict.Busy);
            }

            _ledger.Received(message.Route);
        }

        _counters.Readings.Add(buffer.Count);
        _counters.PayloadBytes.Add(message.Payload.Length);
        return new IntakeResult(IntakeVerdict.Taken);
    }

    private IntakeResult SetAside(in RoadMessage message, QuarantineReason reason, string detail)
    {
        _ledger.Received(message.Route);
        _ledger.Quarantined(message.Route);
        _counters.Quarantined(reason);
        _quarantine.Add(message.ReceivedAt, message.Route, message.ClientText(), message.Topic, message.Payload, reason, detail, position: 0);
        return new IntakeResult(IntakeVerdict.Quarantined, reason, detail);
    }

    /// <summary>A message with one stamp that can't be right is not trusted with the others: it is set aside whole, and can be sent again whole.</summary>
    private (QuarantineReason Reason, string Detail)? ClockFault(ReadOnlySpan<Reading> readings, Instant receivedAt)
    {
        var latest = receivedAt + _limits.ClockAheadLimit;
        var earliest = _limits.OldestReading > TimeSpan.Zero ? Instant.Max(Instant.EarliestPlausible, receivedAt - _limits.OldestReading) : Instant.EarliestPlausible;
        foreach (ref readonly var reading in readings)
        {
            if (reading.MeasuredAt > latest)
            {
                return (QuarantineReason.ClockAhead, $"Stamped {reading.MeasuredAt}, but it arrived at {receivedAt}. Set the device's clock; then send the message again.");
            }

            if (reading.MeasuredAt < earliest)
            {
                return (QuarantineReason.ClockBehind, $"Stamped {reading.MeasuredAt}, before {earliest}. Set the device's clock, leave out the time, or raise Processing:OldestReading; then send the message again.");
            }
        }

        return null;
    }
}
