using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Transport;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>One message under way to a subscriber at QoS 1 or 2.</summary>
internal sealed class OutboundMessage(StoredMessage message, byte qos, bool isRetained, byte[] identifiers)
{
    public StoredMessage Message { get; } = message;

    public byte QoS { get; } = qos;

    public bool IsRetained { get; } = isRetained;

    public byte[] Identifiers { get; } = identifiers;

    public ushort PacketId { get; set; }

    /// <summary>Order of first sending.</summary>
    public long Sequence { get; set; }

    /// <summary>PUBREC has come; PUBREL is under way.</summary>
    public bool IsReleased { get; set; }
}

/// <summary>What belongs to a client id: subscriptions, messages under way, packet ids received at QoS 2. Outlives its connection when the peer asked for it.</summary>
/// <remarks>Outbound state is under one lock, taken before a connection's outgoing gate, never after.</remarks>
internal sealed class MqttSession(byte[] clientId, string userName, MqttServerOptions options, MqttCounters counters)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, OutboundMessage> _inFlight = [];
    private readonly Queue<OutboundMessage> _waiting = new();
    private long _waitingBytes;
    private long _sequence;
    private ushort _lastPacketId;
    private MqttConnection? _connection;

    public byte[] ClientId { get; } = clientId;

    /// <summary>Only this user may take the session over.</summary>
    public string UserName { get; } = userName;

    /// <summary>Null while the peer is away.</summary>
    public MqttConnection? Connection => Volatile.Read(ref _connection);

    /// <summary>By filter text; changed only by the server under its session lock or by the owning connection's read loop.</summary>
    public Dictionary<byte[], Subscription> Subscriptions { get; } = new(Utf8Key.Comparer);

    /// <summary>The session has ended; set under the lock of <see cref="Subscriptions"/>.</summary>
    public bool IsDiscarded { get; set; }

    public PacketIdSet Received { get; } = new();

    /// <summary>Highest position on the road of a QoS 2 message of this session.</summary>
    public long LastPosition { get; set; }

    /// <summary>Server milliseconds at which a detached session ends.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>A will that waits for its delay, and when it is due.</summary>
    public StoredMessage? DelayedWill { get; set; }

    public MqttIdentity? WillIdentity { get; set; }

    public long WillDueAt { get; set; }

    /// <summary>Session expiry 0 (clean session in 3.1.1): not kept when the peer goes.</summary>
    public bool EndsWithConnection { get; set; }

    public bool HasWaiting => Volatile.Read(ref _waitingBytes) > 0;

    /// <summary>Makes the connection the session's own and sends again what was under way (4.4).</summary>
    public void Attach(MqttConnection connection, WakeList wakes)
    {
        lock (_gate)
        {
            Volatile.Write(ref _connection, connection);
            foreach (OutboundMessage message in _inFlight.Values.OrderBy(message => message.Sequence).ToArray())
            {
                if (message.IsReleased)
                    connection.SendAck(MqttPacketType.PublishRelease, message.PacketId, MqttReasonCode.Success, wakes);
                else if (!Send(connection, message, isDuplicate: true, wakes))
                    _inFlight.Remove(message.PacketId);
            }

            SendWaiting(connection, wakes);
        }
    }

    /// <summary>False when another connection has taken the session meanwhile.</summary>
    public bool Detach(MqttConnection connection)
    {
        lock (_gate)
        {
            if (_connection != connection)
                return false;
            Volatile.Write(ref _connection, null);
            return true;
        }
    }

    /// <summary>Sends one message, or queues it within the bound, or drops and counts it.</summary>
    public void Deliver(scoped ref Publication publication, int qos, bool isRetained, byte[] identifiers, WakeList wakes)
    {
        if (qos == 0)
        {
            Connection?.SendMessage(
                publication.Topic, publication.Payload, 0, isRetained, isDuplicate: false, 0, publication.Properties, identifiers, publication.ExpiresAt, isBounded: true, wakes);
            return;
        }

        var message = new OutboundMessage(publication.Store(), (byte)qos, isRetained, identifiers);
        lock (_gate)
        {
            MqttConnection? connection = _connection;
            if (_waitingBytes + message.Message.Size > options.OutgoingQueueBytes)
            {
                counters.Count(MqttEvent.SubscriberQueueFull);
                return;
            }

            _waiting.Enqueue(message);
            _waitingBytes += message.Message.Size;
            if (connection is not null)
                SendWaiting(connection, wakes);
        }
    }

    /// <summary>Sends what waits as far as the peer's receive maximum and the outgoing bound allow.</summary>
    public void SendWaiting(WakeList wakes)
    {
        lock (_gate)
        {
            if (_connection is { } connection)
                SendWaiting(connection, wakes);
        }
    }

    /// <summary>PUBACK, or PUBREC with a failure, or PUBCOMP: the message is done.</summary>
    public bool Finish(ushort packetId, WakeList wakes)
    {
        lock (_gate)
        {
            if (!_inFlight.Remove(packetId))
                return false;
            if (_connection is { } connection)
                SendWaiting(connection, wakes);
            return true;
        }
    }

    /// <summary>PUBREC: from now on only PUBREL is sent.</summary>
    public bool Release(ushort packetId)
    {
        lock (_gate)
        {
            if (!_inFlight.TryGetValue(packetId, out OutboundMessage? message) || message.QoS != 2)
                return false;
            message.IsReleased = true;
            return true;
        }
    }

    private void SendWaiting(MqttConnection connection, WakeList wakes)
    {
        while (_waiting.Count > 0 && _inFlight.Count < connection.MaximumInFlight && connection.HasOutgoingRoom)
        {
            OutboundMessage message = _waiting.Dequeue();
            _waitingBytes -= message.Message.Size;
            message.PacketId = NextPacketId();
            message.Sequence = ++_sequence;
            if (Send(connection, message, isDuplicate: false, wakes))
                _inFlight.Add(message.PacketId, message);
        }
    }

    private static bool Send(MqttConnection connection, OutboundMessage message, bool isDuplicate, WakeList wakes)
        => connection.SendMessage(
            message.Message.Topic, message.Message.Payload, message.QoS, message.IsRetained, isDuplicate, message.PacketId,
            message.Message.Properties, message.Identifiers, message.Message.ExpiresAt, isBounded: false, wakes);

    private ushort NextPacketId()
    {
        do
            _lastPacketId = _lastPacketId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastPacketId + 1);
        while (_inFlight.ContainsKey(_lastPacketId));
        return _lastPacketId;
    }
}
