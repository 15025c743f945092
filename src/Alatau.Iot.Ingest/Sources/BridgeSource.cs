using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Mqtt.Client;

namespace Alatau.Iot.Ingest.Sources;

/// <summary>Devices behind a broker elsewhere: subscribes there, and acknowledges a message only once the road has taken it.</summary>
/// <remarks>
/// A message that finds no room waits in a queue, unacknowledged; the broker sends no more than its receive maximum meanwhile. At QoS 0, where nothing holds the broker back,
/// messages past the queue's bound are dropped and counted: at most once is what QoS 0 promises.
/// </remarks>
public sealed class BridgeSource : IMetricSource, IReadinessCheck, IAsyncDisposable
{
    /// <summary>QoS 0 messages that may wait.</summary>
    public const int QueueCapacity = 65_536;

    private readonly BridgeOptions _options;
    private readonly TelemetryRoad _road;
    private readonly TimeProvider _clock;
    private readonly TopicMemory _topics;
    private readonly MqttLink _link;
    private readonly byte _route;
    private readonly byte[] _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentQueue<(long Position, MqttAcknowledgement Acknowledgement)> _uncommitted = new();
    private readonly MessageJournal? _journal;
    private readonly IDisposable? _committed;
    private readonly Lock _acknowledging = new();
    private readonly StripedCounter _received = new();
    private readonly StripedCounter _foreign = new();
    private readonly StripedCounter _dropped = new();
    private int _waitingCount;
    private Task _pumping = Task.CompletedTask;

    /// <param name="profileFilters">What to subscribe to when the options name no filter.</param>
    /// <param name="installation">Id of this installation, the same at every start; part of the client id.</param>
    /// <param name="journal">The road's journal: acknowledgements wait for its commits. Null acknowledges at once.</param>
    public BridgeSource(BridgeOptions options, TelemetryRoad road, Ledger ledger, IEnumerable<string> profileFilters, string installation, TimeProvider clock, MessageJournal? journal = null)
    {
        (_options, _road, _clock, _journal) = (options, road, clock, journal);
        _committed = journal?.OnCommitted(AcknowledgeUpTo);
        _topics = new TopicMemory(road);
        _route = ledger.Route(options.RouteName);
        road.Senders[_route] = (topic, payload) => _link!.TryPublish(Encoding.UTF8.GetBytes(topic), payload.Span);
        _client = Encoding.UTF8.GetBytes($"bridge:{options.Name}");
        var filters = options.Filters.Count > 0 ? options.Filters : [.. profileFilters.Distinct(StringComparer.Ordinal)];
        _link = new MqttLink(
            options.ToClient(installation, clock),
            Take,
            [.. filters.Select(f => new MqttSubscription(options.Group is null ? f : $"$share/{options.Group}/{f}", options.QoS))]);
    }

    public string Name => $"bridge {_options.Name}";

    /// <summary>Its name in the settings.</summary>
    public string BridgeName => _options.Name;

    /// <summary>Whether the broker is connected and subscribed.</summary>
    public bool IsConnected => _link.IsConnected;

    /// <summary>Connections made since the start.</summary>
    public long Connects => _link.Connects;

    /// <summary>Index of its route in the ledger.</summary>
    public byte Route => _route;

    /// <summary>Connects, now and after every loss, with jittered pauses.</summary>
    public void Start()
    {
        _pumping = Task.Run(PumpAsync);
        _link.Start();
    }

    /// <summary>Says goodbye to the broker; what was not acknowledged it sends again to the next session.</summary>
    public async Task StopAsync()
    {
        await _link.DisposeAsync();
        _waiting.Writer.TryComplete();
        await _stop.CancelAsync();
#pragma warning disable VSTHRD003 // The loop is this bridge's own.
        await _pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
#pragma warning restore VSTHRD003
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _committed?.Dispose();
        _stop.Dispose();
    }

    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
        _link.IsConnected ? null : $"No connection to the broker of bridge '{_options.Name}': {_link.LastFault ?? "not tried yet"}. Tried again with growing pauses; check address and password.");

    public void WriteMetrics(IMetricWriter writer)
    {
        var bridge = ("bridge", _options.Name);
        writer.Counter("bridge_messages", "Messages received from the broker.", _received.Value, bridge);
        writer.Counter("bridge_foreign_messages", "Messages on topics that no profile knows; acknowledged and passed over.", _foreign.Value, bridge);
        writer.Counter("bridge_dropped_messages", "QoS 0 messages dropped because the road had no room.", _dropped.Value, bridge);
        writer.Counter("bridge_connects", "Connections made.", _link.Connects, bridge);
        writer.Counter("bridge_failures", "Attempts to connect that failed.", _link.Failures, bridge);
        writer.Gauge("bridge_waiting_messages", "Messages waiting for room on the road, not acknowledged yet.", Volatile.Read(ref _waitingCount), bridge);
        writer.Gauge("bridge_connected", "1 while connected.", IsConnected ? 1 : 0, bridge);
    }

    private void Take(in MqttReceivedMessage message)
    {
        _received.Increment();
        if (_topics.Find(message.Topic) is not { } binding || binding.Kind == BindingKind.Reserved)
        {
            _foreign.Increment();
            return;
        }

        var receivedAt = Instant.Now(_clock);
        if (Volatile.Read(ref _waitingCount) == 0)
        {
            var answer = Offer(binding, message.Topic, message.Payload, message.IsRetained, receivedAt);
            if (answer.Verdict != IntakeVerdict.Busy)
            {
                if (message.QoS > 0)
                {
                    AcknowledgeAt(answer.Position, message.TakeAcknowledgement());
                }

                return;
            }
        }

        if (message.QoS == 0 && Volatile.Read(ref _waitingCount) >= QueueCapacity)
        {
            _dropped.Increment();
            return;
        }

        // Behind one that waits, or no room: keep the order, keep the broker's acknowledgement.
        Interlocked.Increment(ref _waitingCount);
        _waiting.Writer.TryWrite(new Waiting(binding, message.Topic.ToArray(), message.Payload.ToArray(), message.IsRetained, receivedAt, message.TakeAcknowledgement()));
    }

    private async Task PumpAsync()
    {
        await foreach (var waiting in _waiting.Reader.ReadAllAsync(_stop.Token))
        {
            RoadAnswer answer;
            while ((answer = Offer(waiting.Binding, waiting.Topic, waiting.Payload, waiting.IsRetained, waiting.ReceivedAt)).Verdict == IntakeVerdict.Busy)
            {
                await _road.WaitForRoomAsync(_stop.Token);
            }

            AcknowledgeAt(answer.Position, waiting.Acknowledgement);
            Interlocked.Decrement(ref _waitingCount);
        }
    }

    /// <summary>Acknowledges once <paramref name="position"/> is on disk. Positions come in order: one thread at a time offers.</summary>
    private void AcknowledgeAt(long position, MqttAcknowledgement acknowledgement)
    {
        if (_journal is null || position <= _journal.CommittedPosition)
        {
            acknowledgement.Complete();
            return;
        }

        _uncommitted.Enqueue((position, acknowledgement));
        AcknowledgeUpTo(_journal.CommittedPosition);
    }

    private void AcknowledgeUpTo(long committed)
    {
        lock (_acknowledging)
        {
            while (_uncommitted.TryPeek(out var first) && first.Position <= committed && _uncommitted.TryDequeue(out first))
            {
                first.Acknowledgement.Complete();
            }
        }
    }

    private RoadAnswer Offer(TelemetryBinding binding, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, bool isRetained, Instant receivedAt) =>
        _road.Take(binding, new RoadMessage
        {
            Topic = topic,
            Payload = payload,
            ReceivedAt = receivedAt,
            IsRetained = isRetained,
            Route = _route,
            Client = _client,
        });

    private sealed record Waiting(TelemetryBinding Binding, byte[] Topic, byte[] Payload, bool IsRetained, Instant ReceivedAt, MqttAcknowledgement Acknowledgement);
}
