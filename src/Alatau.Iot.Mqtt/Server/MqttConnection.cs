using System.Buffers;
using System.IO.Pipelines;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Transport;
using Microsoft.AspNetCore.Connections;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>One transport connection: a read loop that parses in place, and a sender that starts with the first answer.</summary>
/// <remarks>Everything here is the read loop's, except what says otherwise: sending is open to every thread.</remarks>
internal sealed partial class MqttConnection
{
    private readonly MqttServer _server;
    private readonly MqttServerOptions _options;
    private readonly MqttCounters _counters;
    private readonly ConnectionContext _context;
    private readonly OutgoingBytes _outgoing = new();
    private readonly WakeList _wakes = new();
    private readonly DeferredAcks _deferred = new();
    private readonly AsyncSignal _acknowledged = new();
    private Task? _sender;
    private MqttSession? _session;
    private MqttIdentity _identity = null!;
    private MqttProtocolVersion _version = MqttProtocolVersion.V5;
    private int _clientMaximumPacketSize = int.MaxValue;
    private int _isClosing;
    private int _isAwaitingCommit;
    private bool _isWaitingForAcks;
    private long _lastHeard;
    private long _closeBy = long.MaxValue;

    public MqttConnection(MqttServer server, ConnectionContext context, long id)
    {
        _server = server;
        _options = server.Options;
        _counters = server.Counters;
        _context = context;
        Id = id;
        _lastHeard = server.Now;
        SilenceLimit = (long)_options.ConnectTimeout.TotalMilliseconds;
    }

    public long Id { get; }

    public MqttIdentity? Identity => IsConnected ? _identity : null;

    public string UserName => _identity.Name;

    /// <summary>CONNECT was accepted.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>Messages at QoS 1 and 2 that may be under way to the peer.</summary>
    public int MaximumInFlight { get; private set; }

    /// <summary>Milliseconds without a byte after which the peer is closed; 0 for never.</summary>
    public long SilenceLimit { get; private set; }

    public bool HasOutgoingRoom => _outgoing.Pending < _options.OutgoingQueueBytes;

    public int DeferredCount => _deferred.Count;

    /// <summary>Serves the connection until it ends; throws nothing that comes from the peer or the network.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ReadAsync();
        }
        catch (Exception exception) when (exception is ConnectionAbortedException or ConnectionResetException or IOException or OperationCanceledException)
        {
            Lose(MqttEvent.ConnectionLost);
        }
        finally
        {
            _wakes.WakeAll();
            _server.Detach(this, _session);
            await PublishWillAsync();
            Volatile.Write(ref _closeBy, _server.Now + MqttServer.CloseMilliseconds);
            _outgoing.Complete();
#pragma warning disable VSTHRD003 // The sender is this connection's own and waits for nobody here.
            if (_sender is not null)
                await _sender;
#pragma warning restore VSTHRD003
            await _context.Transport.Input.CompleteAsync();
            await _context.Transport.Output.CompleteAsync();
        }
    }

    /// <summary>Ends the connection from any thread, with a DISCONNECT to a connected 5.0 peer. Only the first call counts.</summary>
    public void Close(MqttReasonCode reason, MqttEvent? counted)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) != 0)
            return;
        if (counted is { } what)
            _counters.Count(what);
        Volatile.Write(ref _closeBy, _server.Now + MqttServer.CloseMilliseconds);
        if (IsConnected && _version == MqttProtocolVersion.V5)
        {
            lock (_outgoing.Gate)
            {
                if (!_outgoing.IsCompleted)
                    ReasonPacket.Write(_outgoing, MqttPacketType.Disconnect, _version, reason);
            }
        }

        _outgoing.Complete();
        _acknowledged.Set();
        _context.Transport.Input.CancelPendingRead();
    }

    /// <summary>Ends the transport without another byte.</summary>
    public void Abort() => _context.Abort(new ConnectionAbortedException("The server stops."));

    /// <summary>The server's clock has moved: too long silent, or too long in closing?</summary>
    public void Tick(long now)
    {
        if (now > Volatile.Read(ref _closeBy))
        {
            _context.Abort(new ConnectionAbortedException("The peer doesn't take the last bytes."));
            return;
        }

        if (SilenceLimit == 0 || now - Volatile.Read(ref _lastHeard) <= SilenceLimit)
            return;
        if (IsConnected)
            Close(MqttReasonCode.KeepAliveTimeout, MqttEvent.KeepAliveTimeout);
        else
            Close(MqttReasonCode.KeepAliveTimeout, MqttEvent.ConnectTimeout);
        if (_sender is null)
            _context.Abort(new ConnectionAbortedException("No CONNECT in time."));
    }

    /// <summary>Writes the acknowledgements the road has committed. From any thread.</summary>
    public void WriteCommitted(long committed)
    {
        Volatile.Write(ref _isAwaitingCommit, 0);
        if (_deferred.WriteCommitted(committed, _outgoing, _version, out bool mustWake))
        {
            if (mustWake)
                _outgoing.Wake();
            if (Volatile.Read(ref _isWaitingForAcks))
                _acknowledged.Set();
        }

        AwaitCommit();
    }

    /// <summary>Sends a message, from any thread. False when it can't ever be sent to this peer (too large, expired) or, if bounded, was dropped.</summary>
    public bool SendMessage(
        ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos, bool isRetained, bool isDuplicate, ushort packetId,
        ReadOnlySpan<byte> properties, byte[] identifiers, long expiresAt, bool isBounded, WakeList wakes)
    {
        Span<byte> expiry = stackalloc byte[5];
        int more = 0;
        if (_version != MqttProtocolVersion.V5)
        {
            properties = default;
            identifiers = [];
        }

        if (expiresAt != 0)
        {
            long left = expiresAt - _server.Now;
            if (left <= 0)
            {
                _counters.Count(MqttEvent.MessageExpired);
                return false;
            }

            if (_version == MqttProtocolVersion.V5)
            {
                expiry[0] = (byte)MqttPropertyId.MessageExpiryInterval;
                System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(expiry[1..], (uint)((left + 999) / 1000));
                more = 5;
            }
        }

        Span<byte> extra = default;
        if (more + identifiers.Length > 0)
        {
            extra = new byte[more + identifiers.Length];
            expiry[..more].CopyTo(extra);
            identifiers.CopyTo(extra[more..]);
        }

        int size = PublishPacket.Size(_version, topic.Length, qos, properties.Length + extra.Length, payload.Length);
        if (size > _clientMaximumPacketSize)
        {
            _counters.Count(MqttEvent.SubscriberPacketLimit);
            return false;
        }

        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return true;
            int pending = _outgoing.Pending;
            if (isBounded && pending > 0 && pending + size > _options.OutgoingQueueBytes)
            {
                _counters.Count(MqttEvent.SubscriberQueueFull);
                return false;
            }

            PublishPacket.Write(_outgoing, _version, topic, payload, qos, isRetained, isDuplicate, packetId, properties, extra);
            if (_outgoing.MarkDirty())
                wakes.Add(_outgoing);
        }

        _counters.AddSent();
        return true;
    }

    /// <summary>Sends an acknowledgement, from any thread.</summary>
    public void SendAck(MqttPacketType type, ushort packetId, MqttReasonCode reason, WakeList wakes)
    {
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return;
            AckPacket.Write(_outgoing, type, _version, packetId, reason);
            if (_outgoing.MarkDirty())
                wakes.Add(_outgoing);
        }
    }

    /// <summary>Makes the commit wake this connection, and looks again for what was committed meanwhile.</summary>
    private void AwaitCommit()
    {
        if (_deferred.Count == 0 || Interlocked.Exchange(ref _isAwaitingCommit, 1) != 0)
            return;
        _server.AwaitCommit(this);
        if (!_deferred.WriteCommitted(_server.CommittedPosition, _outgoing, _version, out bool mustWake))
            return;
        if (mustWake)
            _outgoing.Wake();
        if (Volatile.Read(ref _isWaitingForAcks))
            _acknowledged.Set();
    }

    private void StartSender() => _sender ??= SendAsync(_context.Transport.Output);

    private async Task SendAsync(PipeWriter output)
    {
        // The first bytes of a connection are written on the read loop's thread; the loop must go on meanwhile.
        await Task.Yield();
        var wakes = new WakeList();
        try
        {
            while (true)
            {
                while (_outgoing.TryTake(out byte[] buffer, out int length))
                {
                    output.Write(buffer.AsSpan(0, length));
                    FlushResult flushed = await output.FlushAsync();
                    _outgoing.Sent(buffer);
                    if (flushed.IsCompleted || flushed.IsCanceled)
                        return;
                    if (_session is { HasWaiting: true } session)
                    {
                        session.SendWaiting(wakes);
                        wakes.WakeAll();
                    }
                }

                if (_outgoing.IsCompleted && _outgoing.Pending == 0)
                    return;
                await _outgoing.WaitForBytesAsync();
            }
        }
        catch (Exception exception) when (exception is ConnectionAbortedException or ConnectionResetException or IOException or OperationCanceledException)
        {
            // The read loop sees the same end and counts it.
            _context.Transport.Input.CancelPendingRead();
        }
        catch
        {
            // A fault of ours: the read loop must not go on without a sender.
            Abort();
            throw;
        }
        finally
        {
            _outgoing.Discard();
        }
    }

    private void Lose(MqttEvent counted)
    {
        if (Interlocked.Exchange(ref _isClosing, 1) == 0)
            _counters.Count(counted);
    }
}
