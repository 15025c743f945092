using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Ingest.Sources;

/// <summary>Devices that connect to our own MQTT endpoint.</summary>
public sealed class MqttRoad : IMqttPublishSink
{
    /// <summary>Its name in the ledger.</summary>
    public const string RouteName = "mqtt";

    private readonly TelemetryRoad _road;
    private readonly MessageJournal? _journal;

    /// <param name="journal">The road's journal: acknowledgements wait for its commits. Null acknowledges at once.</param>
    public MqttRoad(TelemetryRoad road, Ledger ledger, MessageJournal? journal = null)
    {
        (_road, _journal) = (road, journal);
        Route = ledger.Route(RouteName);
    }

    /// <summary>Index of this route in the ledger.</summary>
    public byte Route { get; }

    public long CommittedPosition => _journal?.CommittedPosition ?? long.MaxValue;

    public PublishVerdict Offer(in PublishedMessage message)
    {
        if (TelemetryBinding.Of(message.Binding) is not { } binding)
        {
            return PublishVerdict.NotMine;
        }

        if (binding.Kind == BindingKind.Reserved)
        {
            return PublishVerdict.Refused(MqttReasonCode.NotAuthorized);
        }

        var answer = _road.Take(binding, new RoadMessage
        {
            Topic = message.Topic,
            Payload = message.Payload,
            ReceivedAt = Instant.From(message.ReceivedAt),
            IsRetained = message.IsRetained,
            IsDuplicate = message.IsDuplicate,
            Route = Route,
            Client = message.ClientId,
        });
        return answer.Verdict == IntakeVerdict.Busy ? PublishVerdict.Busy
            : answer.Position == 0 ? PublishVerdict.Taken
            : PublishVerdict.TakenAt(answer.Position);
    }

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => _road.WaitForRoomAsync(cancellationToken);

    public IDisposable OnCommitted(Action<long> committed) => _journal?.OnCommitted(committed) ?? NothingToEnd.Instance;

    public TopicBinding Bind(ReadOnlySpan<byte> topic) => TelemetryBinding.ToTopic(_road.Bind(topic));

    public ReadOnlySpan<byte> FoundTopics => NamedTopics.Filter;

    public bool TryFind(ReadOnlySpan<byte> topic, out TopicBinding binding)
    {
        bool isFound = _road.TryFind(topic, out var found);
        binding = isFound ? TelemetryBinding.ToTopic(found) : default;
        return isFound;
    }

    private sealed class NothingToEnd : IDisposable
    {
        public static readonly NothingToEnd Instance = new();

        public void Dispose()
        {
        }
    }
}
