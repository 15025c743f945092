using System.Security.Cryptography;
using System.Text;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>CONNECT to CONNACK, and the will at the end.</summary>
internal sealed partial class MqttConnection
{
    /// <summary>Bytes; the standard asks for 23 at least (3.1.3.1).</summary>
    private const int MaximumClientIdLength = 512;

    private ConnectRequest? _request;
    private StoredMessage? _will;
    private uint _willDelaySeconds;

    /// <summary>Seconds the session outlives the connection.</summary>
    public uint SessionExpirySeconds { get; private set; }

    private Step OnConnect(ReadOnlySpan<byte> body)
    {
        if (_request is not null)
            return Refuse(MqttReasonCode.ProtocolError);
        MqttReasonCode reason = ConnectPacket.Read(body, out ConnectPacket packet);
        if (reason == MqttReasonCode.Success)
        {
            _version = packet.Version;
            _request = ConnectRequest.From(packet, _server.Now);
            return Step.Connect;
        }

        if (reason == MqttReasonCode.UnsupportedProtocolVersion)
        {
            _version = (int)packet.Version > (int)MqttProtocolVersion.V5 ? MqttProtocolVersion.V5 : MqttProtocolVersion.V311;
            return RefuseConnect(reason, MqttEvent.UnsupportedVersion);
        }

        return Refuse(reason);
    }

    private Step RefuseConnect(MqttReasonCode reason, MqttEvent counted)
    {
        StartSender();
        lock (_outgoing.Gate)
            ConnectAckPacket.Write(_outgoing, _version, isSessionPresent: false, reason, default);
        Close(reason, counted);
        return Step.Close;
    }

    /// <summary>False when the connection was refused and is closing.</summary>
    private async ValueTask<bool> ConnectAsync()
    {
        ConnectRequest request = _request!;
        if (_server.IsStopping)
            return RefuseConnect(MqttReasonCode.ServerShuttingDown, MqttEvent.ConnectRefused) == Step.Next;
        if (request.AsksForEnhancedAuthentication)
            return RefuseConnect(MqttReasonCode.BadAuthenticationMethod, MqttEvent.ConnectRefused) == Step.Next;
        byte[] clientId = request.ClientId;
        bool isAssigned = clientId.Length == 0;
        if (clientId.Length > MaximumClientIdLength || (isAssigned && _version == MqttProtocolVersion.V311 && !request.IsCleanStart))
            return RefuseConnect(MqttReasonCode.ClientIdentifierNotValid, MqttEvent.ClientIdRefused) == Step.Next;
        if (isAssigned)
            clientId = Encoding.ASCII.GetBytes("alatau-" + RandomNumberGenerator.GetHexString(20, lowercase: true));

        var credentials = new MqttCredentials(request.UserName, request.Password, _context.RemoteEndPoint);
        // The peer has said what it had to say; from here the answer is ours to give, however many wait for their hash.
        SilenceLimit = 0;
        MqttAuthentication answer = await _server.Authenticator.AuthenticateAsync(credentials, _context.ConnectionClosed);
        CryptographicOperations.ZeroMemory(request.Password);
        if (Volatile.Read(ref _isClosing) != 0)
            return false;
        if (answer.Identity is null)
            return RefuseConnect(answer.Reason, MqttEvent.BadCredentials) == Step.Next;
        _identity = answer.Identity;
        if (request.Will is { } will && (!MqttServer.IsUsable(will.Topic) || !_identity.MayPublish(will.Topic)))
            return RefuseConnect(MqttReasonCode.NotAuthorized, MqttEvent.ConnectRefused) == Step.Next;

        SessionExpirySeconds = (uint)Math.Min(request.SessionExpirySeconds, _options.MaximumSessionExpiry.TotalSeconds);
        if (!_server.TryAttach(this, request, clientId, isAssigned, _wakes))
            return RefuseConnect(MqttReasonCode.ClientIdentifierNotValid, MqttEvent.ClientIdRefused) == Step.Next;
        _wakes.WakeAll();
        return true;
    }

    /// <summary>Called under the server's session lock: answers with CONNACK before anything else may be sent.</summary>
    public void Accept(MqttSession session, ConnectRequest request, bool isSessionPresent, bool isAssigned)
    {
        _session = session;
        _will = request.Will;
        _willDelaySeconds = request.WillDelaySeconds;
        _clientMaximumPacketSize = request.MaximumPacketSize;
        MaximumInFlight = Math.Min(request.ReceiveMaximum, _options.MaximumInFlight);
        long keepAlive = request.KeepAliveSeconds;
        long longest = (long)_options.MaximumKeepAlive.TotalSeconds;
        bool isKeepAliveOurs = _version == MqttProtocolVersion.V5 && longest < ushort.MaxValue && (keepAlive == 0 || keepAlive > longest);
        if (isKeepAliveOurs)
            keepAlive = longest;
        SilenceLimit = keepAlive * 1500;
        var properties = new PropertyWriter();
        if (_version == MqttProtocolVersion.V5)
        {
            properties.UInt16(MqttPropertyId.ReceiveMaximum, (ushort)_options.ReceiveMaximum)
                .UInt32(MqttPropertyId.MaximumPacketSize, (uint)_options.MaximumPacketSize)
                .UInt16(MqttPropertyId.TopicAliasMaximum, (ushort)_options.TopicAliasMaximum);
            if (SessionExpirySeconds != request.SessionExpirySeconds)
                properties.UInt32(MqttPropertyId.SessionExpiryInterval, SessionExpirySeconds);
            if (isAssigned)
                properties.Bytes(MqttPropertyId.AssignedClientIdentifier, session.ClientId);
            if (isKeepAliveOurs)
                properties.UInt16(MqttPropertyId.ServerKeepAlive, (ushort)keepAlive);
        }

        lock (_outgoing.Gate)
        {
            ConnectAckPacket.Write(_outgoing, _version, isSessionPresent, MqttReasonCode.Success, properties.Encoded);
            if (_outgoing.MarkDirty())
                _wakes.Add(_outgoing);
        }

        IsConnected = true;
        _counters.Count(MqttEvent.Connected);
    }

    /// <summary>The connection ended without a normal DISCONNECT: the will is published, or waits for its delay with the session (3.1.3.2.2).</summary>
    private async ValueTask PublishWillAsync()
    {
        if (_will is not { } will || _session is not { } session || _server.IsStopping)
            return;
        _will = null;
        if (_willDelaySeconds > 0 && _server.TryDelayWill(session, will, _identity, _willDelaySeconds))
            return;
        await _server.PublishWillAsync(will, _identity, session.ClientId, _wakes);
    }
}
