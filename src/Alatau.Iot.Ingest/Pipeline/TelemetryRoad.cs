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
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Decodes a message and hands its readings to the asset; what can't be taken goes to quarantine. The same steps for every source.</summary>
/// <remarks>Any thread may call it; a thread's own buffer makes the way free of allocation.</remarks>
public sealed partial class TelemetryRoad : IMetricSource
{
    [ThreadStatic]
    private static ReadingBuffer? t_buffer;

    [ThreadStatic]
    private static AssetHandle t_fullFor;

    [ThreadStatic]
    private static bool t_journalFull;

    private readonly IAssetRuntime _runtime;
    private readonly DeviceResolver _devices;
    private readonly IQuarantine _quarantine;
    private readonly Ledger _ledger;
    private readonly ProcessorOptions _limits;
    private readonly MessageJournal? _journal;
    private readonly (int First, int Count) _own;
    private readonly RoadGate _gate = new();
    private readonly RoadCounters _counters = new();

    /// <param name="limits">The clock guard of the assets: the road asks first, while it still has the bytes to set aside.</param>
    /// <param name="journal">Where every message is written before anything else; null keeps none, and then an acknowledgement promises nothing across a kill.</param>
    public TelemetryRoad(IAssetRuntime runtime, DeviceResolver devices, IQuarantine quarantine, Ledger ledger, ProcessorOptions limits, MessageJournal? journal = null) =>
        (_runtime, _devices, _quarantine, _ledger, _limits, _journal, _own) = (runtime, devices, quarantine, ledger, limits, journal, devices.Own());

    /// <summary>Who can send commands back to devices (a Sparkplug node is asked for its birth), by the route their messages came in on. Any thread may call a sender; it gets topic and payload.</summary>
    public ConcurrentDictionary<byte, Action<string, ReadOnlyMemory<byte>>> Senders { get; } = new();

    /// <summary>What the road knows of a topic; null when no profile fits and the topic isn't under the platform's own prefix.</summary>
    public TelemetryBinding? Bind(ReadOnlySpan<byte> topic) => _devices.Bind(topic);

    /// <inheritdoc cref="DeviceResolver.TryFind"/>
    public bool TryFind(ReadOnlySpan<byte> topic, out TelemetryBinding binding) => _devices.TryFind(topic, out binding);

    /// <summary>Takes one message: writes it to the journal, then hands it to its asset or sets it aside; or (busy) does nothing at all.</summary>
    public RoadAnswer Take(TelemetryBinding binding, in RoadMessage message)
    {
        switch (binding.Kind)
        {
            case BindingKind.Ignored:
                _counters.Ignored.Increment();
                return new RoadAnswer(IntakeVerdict.Taken);
            case BindingKind.Reserved:
                _counters.Refused.Increment();
                return Refusal(binding);
            case BindingKind.Device when (uint)(binding.Asset.Index - _own.First) < (uint)_own.Count && message.Route != Ledger.Apart:
                _counters.Refused.Increment();
                return new RoadAnswer(IntakeVerdict.Quarantined, 0, QuarantineReason.UnknownTopic, "Only the platform speaks of itself.");
            default:
                break;
        }

        if (binding.Kind == BindingKind.Device && !_runtime.HasRoom(binding.Asset))
        {
            (t_fullFor, t_journalFull) = (binding.Asset, false);
            _counters.Busy.Increment();
            return new RoadAnswer(IntakeVerdict.Busy);
        }

        int stripe = _gate.Enter();
        try
        {
            long position = 0;
            if (_journal is not null && !_journal.TryAppend(message.ToRecord(), out position))
            {
                t_journalFull = true;
                _counters.Busy.Increment();
                return new RoadAnswer(IntakeVerdict.Busy);
            }

            return Carry(binding, message, position);
        }
        finally
        {
            _gate.Exit(stripe);
        }
    }

    /// <summary>Takes a message out of the journal again after a restart: the same steps, nothing is written and nobody is answered.</summary>
    public void Replay(TelemetryBinding binding, in RoadMessage message, long position)
    {
        if (_quarantine.Holds(position))
        {
            // Set aside it stays, though a profile may have been mended since: it is sent through again by a record of its own, or by a person.
            _ledger.Received(message.Route);
            _ledger.Quarantined(message.Route);
        }
        else if (binding.Kind is BindingKind.Device or BindingKind.Unknown)
        {
            Carry(binding, message, position);
        }
    }

    /// <summary>Runs <paramref name="cut"/> while no message is between journal and inbox; everything the journal has taken has then been posted or set aside.</summary>
    public T AtRest<T>(Func<T> cut) => _gate.Closed(cut);

    /// <summary>What decoders remember between messages, in pieces, for a checkpoint; to be called at rest.</summary>
    public IEnumerable<byte[]> TakeMemory() => _devices.Decoders.TakeMemory();

    /// <summary>Puts pieces back before the first message.</summary>
    /// <returns>How many couldn't be read.</returns>
    public int RestoreMemory(IEnumerable<byte[]> pieces) => pieces.Count(p => !_devices.Decoders.RestoreMemory(p));

    /// <summary>Asks those Sparkplug nodes of the fleets for their births whose births aren't known, through the sender of a route.</summary>
    /// <returns>How many were asked.</returns>
    public int AskForBirths(byte route, Instant now)
    {
        if (!Senders.TryGetValue(route, out var send))
        {
            return 0;
        }

        int asked = 0;
        foreach (string topic in _devices.UnknownNodes())
        {
            Ask(send, topic, now);
            asked++;
        }

        return asked;
    }

    private static void Ask(Action<string, ReadOnlyMemory<byte>> send, string topic, Instant now)
    {
        var command = new ArrayBufferWriter<byte>();
        SparkplugRebirth.Write(command, now);
        send(topic, command.WrittenMemory);
    }

    private RoadAnswer Carry(TelemetryBinding binding, in RoadMessage message, long position)
    {
        if (binding.Kind == BindingKind.Unknown)
        {
            return SetAside(message, position, binding.Role.Reason, binding.Role.Detail);
        }

        var result = Decode(binding, message, out var buffer);
        if (result.NeedsRebirth && binding.Role.Speech!.CommandTopic is { } commandTopic && Senders.TryGetValue(message.Route, out var send))
        {
            Ask(send, commandTopic, message.ReceivedAt);
        }

        switch (result.Outcome)
        {
            case DecodeOutcome.Ignored:
                _counters.Ignored.Increment();
                return new RoadAnswer(IntakeVerdict.Taken, position);
            case DecodeOutcome.Quarantined:
                return SetAside(message, position, result.Reason, result.Detail);
            default:
                break;
        }

        Post(binding, message, position, buffer, isCounted: false);
        return new RoadAnswer(IntakeVerdict.Taken, position);
    }

    /// <summary>Decodes into the thread's buffer, and asks the clock guard.</summary>
    private DecodeResult Decode(TelemetryBinding binding, in RoadMessage message, out ReadingBuffer buffer)
    {
        buffer = t_buffer ??= new ReadingBuffer();
        var speech = binding.Role.Speech!;
        var result = speech.Decoder.Decode(message.Payload, new DecodeContext(message.ReceivedAt, message.IsRetained, speech.Zone), buffer);
        return result.Outcome == DecodeOutcome.Decoded && ClockFault(buffer.Readings, message.ReceivedAt) is { } fault
            ? DecodeResult.Quarantine(fault.Reason, fault.Detail).AskingForRebirth(result.NeedsRebirth)
            : result;
    }

    /// <summary>Completes when what was full for the calling thread's last message, an inbox or the journal, has room.</summary>
    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) =>
        t_journalFull && _journal is not null ? _journal.WaitForRoomAsync(cancellationToken) : _runtime.WaitForRoomAsync(t_fullFor, cancellationToken);

    public void WriteMetrics(IMetricWriter writer) => _counters.WriteMetrics(writer);

    /// <param name="isCounted">Whether the ledger has it as received already.</param>
    private void Post(TelemetryBinding binding, in RoadMessage message, long position, ReadingBuffer buffer, bool isCounted)
    {
        // A message for several assets counts once for each of them.
        int segments = buffer.SegmentCount;
        for (int i = 0; i < segments; i++)
        {
            var segment = buffer.Segment(i);
            var asset = binding.Asset;
            if (segment.DeviceKey is { } key && !_devices.TryFindAsset(binding, key, out asset))
            {
                continue;
            }

            if (!isCounted)
            {
                // Before the asset has it: a duplicate that its shard counts at once must not be in the account before it was received.
                _ledger.Received(message.Route);
            }

            var batch = new ReadingBatch(asset, message.ReceivedAt, message.Route, position, buffer.Readings.Slice(segment.Start, segment.Count));
            var spin = default(SpinWait);
            while (!_runtime.TryPost(batch))
            {
                // It is in the journal, so it can't be given back. Room was asked for before; this is another thread's burst, a replay, or a batch for a second asset.
                spin.SpinOnce();
            }
        }

        _counters.PayloadBytes.Add(message.Payload.Length);
    }

    private RoadAnswer SetAside(in RoadMessage message, long position, QuarantineReason reason, string detail)
    {
        if (message.Route == Ledger.Apart)
        {
            // The clock was set: the next one will fit.
            return new RoadAnswer(IntakeVerdict.Quarantined, position, reason, detail);
        }

        _ledger.Received(message.Route);
        _ledger.Quarantined(message.Route);
        _quarantine.Add(message.ReceivedAt, message.Route, message.ClientText(), message.Topic, message.Payload, reason, detail, position);
        return new RoadAnswer(IntakeVerdict.Quarantined, position, reason, detail);
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
                return (QuarantineReason.ClockAhead, $"Stamped {reading.MeasuredAt}, but it arrived at {receivedAt}. Set the device's clock; then send the message again. If this machine's clock was behind, 'alatau quarantine replay --reason clockAhead' takes it.");
            }

            if (reading.MeasuredAt < earliest)
            {
                return (QuarantineReason.ClockBehind, $"Stamped {reading.MeasuredAt}, before {earliest}. Set the device's clock, leave out the time, or raise Processing:OldestReading; then send the message again.");
            }
        }

        return null;
    }
}
