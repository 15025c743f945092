using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Transport;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>One connection to a broker, from CONNECT to its end; <see cref="MqttLink"/> connects again.</summary>
/// <remarks>Cheap enough for thousands in one process: no buffer while idle, one read loop, one sender. Publishing is safe from any thread;
/// messages under way are pipelined, bytes of many messages go out in one write.</remarks>
public sealed partial class MqttClient : IAsyncDisposable
{
    private readonly MqttClientOptions _options;
    private readonly MqttMessageHandler? _handler;
    private readonly MqttClientSession _session;
    private readonly MqttProtocolVersion _version;
    private readonly OutgoingBytes _outgoing = new();
    private readonly InFlight _inFlight;
    private readonly Dictionary<ushort, TaskCompletionSource<MqttReasonCode[]>> _subscribing = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _socket;
    private readonly Stream _stream;
    private TaskCompletionSource? _room;
    private ITimer? _keepAlive;
    private Task _running = Task.CompletedTask;
    private readonly int _serverMaximumPacketSize;
    private int _isEnding;
    private ushort _lastSubscribeId;
    private bool _hasSent;
    private bool _isPingOpen;

    private MqttClient(MqttClientOptions options, MqttMessageHandler? handler, MqttClientSession session, Socket socket, Stream stream, in ConnectOutcome outcome)
    {
        _options = options;
        _handler = handler;
        _session = session;
        _socket = socket;
        _stream = stream;
        _version = options.Version;
        _serverMaximumPacketSize = outcome.MaximumPacketSize;
        _inFlight = new InFlight(Math.Min(options.MaximumInFlight, outcome.ReceiveMaximum));
        ClientId = outcome.ClientId;
        IsSessionPresent = outcome.IsSessionPresent;
        if (!IsSessionPresent)
            session.Received.Clear();
    }

    /// <summary>Ours, or the one the server assigned.</summary>
    public string ClientId { get; }

    /// <summary>The server resumed our session: its subscriptions hold.</summary>
    public bool IsSessionPresent { get; }

    /// <summary>Completes, never fails, when the connection has ended; <see cref="EndReason"/> and <see cref="EndFault"/> say how.</summary>
#pragma warning disable VSTHRD003 // The task is this client's own and is completed by its loop.
    public Task Completion => _completion.Task;
#pragma warning restore VSTHRD003

    public bool IsConnected => Volatile.Read(ref _isEnding) == 0;

    /// <summary>The code of the server's DISCONNECT or of our own; null when the transport just ended.</summary>
    public MqttReasonCode? EndReason { get; private set; }

    public Exception? EndFault { get; private set; }

    /// <summary>Unacknowledged messages of ours.</summary>
    public int InFlightCount => _inFlight.Count;

    /// <summary>Publishes without waiting and without an allocation.</summary>
    /// <param name="topic">UTF-8 topic name; checked by the broker, not here.</param>
    /// <param name="acknowledged">QoS 1 and 2: called exactly once, on the read loop, when the message is acknowledged, refused or lost; must not block.</param>
    public MqttSendResult TryPublish(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos = 0, bool retain = false, Action<MqttPublishResult>? acknowledged = null)
        => TryPublish(topic, payload, qos, retain, (object?)acknowledged);

    /// <summary>Publishes; waits for room, and at QoS 1 and 2 for the acknowledgement.</summary>
    public async ValueTask<MqttPublishResult> PublishAsync(
        ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, int qos = 0, bool retain = false, CancellationToken cancellationToken = default)
    {
        var acknowledged = qos == 0 ? null : new TaskCompletionSource<MqttPublishResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            switch (TryPublish(topic.Span, payload.Span, qos, retain, (object?)acknowledged))
            {
                case MqttSendResult.Written:
                    return acknowledged is null ? new MqttPublishResult(MqttReasonCode.Success) : await acknowledged.Task.WaitAsync(cancellationToken);
                case MqttSendResult.NoRoom:
                    await WaitForRoomAsync().WaitAsync(cancellationToken);
                    break;
                case MqttSendResult.TooLarge:
                    return new MqttPublishResult(MqttReasonCode.PacketTooLarge);
                default:
                    return MqttPublishResult.Lost;
            }
        }
    }

    /// <summary>Completes when a publish that had no room is worth another try, or the connection has ended.</summary>
#pragma warning disable VSTHRD003 // Completed by this client's loops.
    public Task WaitForRoomAsync()
    {
        lock (_outgoing.Gate)
        {
            if (!IsConnected || (_outgoing.Pending < _options.OutgoingQueueBytes / 2 && _inFlight.Count <= _inFlight.Maximum / 2))
                return Task.CompletedTask;
            return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
#pragma warning restore VSTHRD003

    /// <summary>Completes when every byte written so far has been handed to the system and every message is acknowledged, or the connection has ended.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken = default)
    {
        while (IsConnected)
        {
            Task changed;
            lock (_outgoing.Gate)
            {
                if (_outgoing.Pending == 0 && _inFlight.Count == 0)
                    return;
                changed = (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

#pragma warning disable VSTHRD003 // Completed by this client's loops.
            await changed.WaitAsync(cancellationToken);
#pragma warning restore VSTHRD003
        }
    }

    /// <summary>Subscribes; answers the granted QoS or the refusal of each filter, in order.</summary>
    /// <exception cref="IOException">The connection ended before the answer.</exception>
    public Task<MqttReasonCode[]> SubscribeAsync(IReadOnlyList<MqttSubscription> subscriptions, CancellationToken cancellationToken = default)
    {
        var filters = new ArrayBufferWriter<byte>();
        foreach (MqttSubscription subscription in subscriptions)
            SubscribePacket.EncodeFilter(filters, _version, Encoding.UTF8.GetBytes(subscription.Filter), subscription.Options);
        return AskAsync(filters, isSubscribe: true).WaitAsync(cancellationToken);
    }

    public Task<MqttReasonCode[]> SubscribeAsync(string filter, int qos = 0, CancellationToken cancellationToken = default)
        => SubscribeAsync([new MqttSubscription(filter, qos)], cancellationToken);

    /// <inheritdoc cref="SubscribeAsync(IReadOnlyList{MqttSubscription}, CancellationToken)"/>
    public Task<MqttReasonCode[]> UnsubscribeAsync(IReadOnlyList<string> filters, CancellationToken cancellationToken = default)
    {
        var encoded = new ArrayBufferWriter<byte>();
        foreach (string filter in filters)
            UnsubscribePacket.EncodeFilter(encoded, Encoding.UTF8.GetBytes(filter));
        return AskAsync(encoded, isSubscribe: false).WaitAsync(cancellationToken);
    }

    /// <summary>Sends what waits and DISCONNECT, then ends. No will is published with the default reason.</summary>
    public async Task DisconnectAsync(MqttReasonCode reason = MqttReasonCode.Success)
    {
        lock (_outgoing.Gate)
        {
            if (!_outgoing.IsCompleted)
            {
                ReasonPacket.Write(_outgoing, MqttPacketType.Disconnect, _version, reason);
                EndReason ??= reason;
            }
        }

        _outgoing.Complete();
#pragma warning disable VSTHRD003 // The loops are this client's own.
        try
        {
            await _running.WaitAsync(TimeSpan.FromSeconds(2), _options.Time);
        }
        catch (TimeoutException)
        {
            End(null);
            await _running;
        }
#pragma warning restore VSTHRD003
    }

    /// <summary>Ends the connection without DISCONNECT, as a crash would: the server publishes the will.</summary>
    public void Abort() => End(null);

    public async ValueTask DisposeAsync() => await DisconnectAsync();

    private MqttSendResult TryPublish(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos, bool retain, object? completion)
    {
        if (PublishPacket.Size(_version, topic.Length, qos, 0, payload.Length) > _serverMaximumPacketSize)
            return MqttSendResult.TooLarge;
        bool mustWake;
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return MqttSendResult.Closed;
            if (_outgoing.Pending > _options.OutgoingQueueBytes)
                return MqttSendResult.NoRoom;
            ushort packetId = 0;
            if (qos > 0 && (packetId = _inFlight.Take((byte)qos, completion)) == 0)
                return MqttSendResult.NoRoom;
            PublishPacket.Write(_outgoing, _version, topic, payload, qos, retain, isDuplicate: false, packetId);
            _hasSent = true;
            mustWake = _outgoing.MarkDirty();
        }

        if (mustWake)
            _outgoing.Wake();
        return MqttSendResult.Written;
    }

    private Task<MqttReasonCode[]> AskAsync(ArrayBufferWriter<byte> filters, bool isSubscribe)
    {
        var answer = new TaskCompletionSource<MqttReasonCode[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return Task.FromException<MqttReasonCode[]>(new IOException("The connection has ended."));
            // Ids above those of publishing, so that the two never meet.
            do
                _lastSubscribeId = _lastSubscribeId >= ushort.MaxValue || _lastSubscribeId <= _options.MaximumInFlight ? (ushort)Math.Min(ushort.MaxValue, _options.MaximumInFlight + 1) : (ushort)(_lastSubscribeId + 1);
            while (_subscribing.ContainsKey(_lastSubscribeId));
            _subscribing[_lastSubscribeId] = answer;
            if (isSubscribe)
                SubscribePacket.Write(_outgoing, _version, _lastSubscribeId, default, filters.WrittenSpan);
            else
                UnsubscribePacket.Write(_outgoing, _version, _lastSubscribeId, default, filters.WrittenSpan);
            _hasSent = true;
            _outgoing.MarkDirty();
        }

        _outgoing.Wake();
        return answer.Task;
    }

    private void MakeRoom()
    {
        // Always under the gate: who waits has looked at the pending bytes and set _room under it, in one step.
        TaskCompletionSource? room;
        lock (_outgoing.Gate)
        {
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
    }

    private static void Tell(object? completion, MqttPublishResult result)
    {
        switch (completion)
        {
            case Action<MqttPublishResult> callback:
                callback(result);
                break;
            case TaskCompletionSource<MqttPublishResult> source:
                source.TrySetResult(result);
                break;
        }
    }
}
