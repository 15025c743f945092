using System.Runtime.CompilerServices;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>What each packet of a connected peer does.</summary>
internal sealed partial class MqttConnection
{
    private TopicEntry? _lastTopic;
    private TopicEntry?[]? _aliases;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Step Dispatch(in PacketFrame frame, ReadOnlySpan<byte> body)
    {
        if (frame.Type == MqttPacketType.Publish && IsConnected)
            return OnPublish(frame.Flags, body);
        return DispatchRare(frame, body);
    }

    private Step DispatchRare(in PacketFrame frame, ReadOnlySpan<byte> body)
    {
        if (Volatile.Read(ref _isClosing) != 0)
            return Step.Close;
        if (frame.Type == MqttPacketType.Connect)
            return OnConnect(body);
        if (!IsConnected)
            return Refuse(MqttReasonCode.ProtocolError, MqttEvent.NotMqtt);
        return frame.Type switch
        {
            MqttPacketType.PublishAck or MqttPacketType.PublishReceived or MqttPacketType.PublishRelease or MqttPacketType.PublishComplete => OnAck(frame.Type, body),
            MqttPacketType.Subscribe => OnSubscribe(body),
            MqttPacketType.Unsubscribe => OnUnsubscribe(body),
            MqttPacketType.PingRequest => body.IsEmpty ? OnPing() : Refuse(MqttReasonCode.MalformedPacket),
            MqttPacketType.Disconnect => OnDisconnect(body),
            _ => Refuse(MqttReasonCode.ProtocolError),
        };
    }

    private Step OnPublish(byte flags, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = PublishPacket.ReadTrustingTopic(flags, body, _version, out PublishPacket packet);
        if (reason != MqttReasonCode.Success)
            return Refuse(reason);
        if (packet.QoS > 0 && (_deferred.Count >= _options.ReceiveMaximum || (packet.QoS == 2 && _session!.Received.Count >= _options.ReceiveMaximum)))
        {
            if (_version == MqttProtocolVersion.V5)
                return Refuse(MqttReasonCode.ReceiveMaximumExceeded);
            if (_deferred.Count >= _options.ReceiveMaximum)
                return Step.AcksPending;
        }

        TopicEntry? entry = _lastTopic;
        TopicBinding binding = default;
        if (entry is null || !packet.Properties.IsEmpty || !packet.Topic.SequenceEqual(entry.Topic))
        {
            if (IsFound(packet, out binding))
            {
                entry = null;
            }
            else
            {
                Step step = Resolve(packet, out entry);
                if (step != Step.Next)
                    return step;
                if (entry is null)
                    return RefusePublish(packet, MqttReasonCode.NotAuthorized);
            }
        }

        if (packet.QoS == 2 && _session!.Received.Contains(packet.PacketId))
        {
            _counters.Count(MqttEvent.DuplicateSuppressed);
            Acknowledge(MqttPacketType.PublishReceived, packet.PacketId, MqttReasonCode.Success, _session.LastPosition);
            return Step.Next;
        }

        var message = new PublishedMessage
        {
            Topic = entry is null ? packet.Topic : entry.Topic,
            Payload = packet.Payload,
            QoS = packet.QoS,
            IsRetained = packet.IsRetained,
            IsDuplicate = packet.IsDuplicate,
            Binding = entry is null ? binding : entry.BindingOf(_server.Sink, _server.BindingVersion),
            Identity = _identity,
            ClientId = _session!.ClientId,
            Properties = packet.Properties,
            Version = _version,
            ReceivedAt = _receivedAt,
        };
        PublishVerdict verdict = _server.Sink.Offer(message);
        if (verdict.Kind == PublishVerdictKind.Busy)
            return Step.Busy;
        _batchMessages++;
        if (verdict.Kind == PublishVerdictKind.Refused)
        {
            _counters.Count(MqttEvent.PublishRefused);
            if (packet.QoS > 0)
                AcknowledgeRefused(packet, verdict.Reason);
            return Step.Next;
        }

        if (entry is not null)
        {
            TopicMatches matches = entry.MatchesOf(_server.Subscriptions);
            if (packet.IsRetained || !matches.IsEmpty)
                Forward(packet, entry, matches);
        }

        if (packet.QoS == 0)
            return Step.Next;
        long position = verdict.Kind == PublishVerdictKind.TakenAt ? verdict.Position : long.MinValue;
        if (packet.QoS == 1)
        {
            _batchQoS1++;
            Acknowledge(MqttPacketType.PublishAck, packet.PacketId, MqttReasonCode.Success, position);
            return Step.Next;
        }

        _batchQoS2++;
        _session.Received.Add(packet.PacketId);
        _session.LastPosition = Math.Max(_session.LastPosition, position);
        Acknowledge(MqttPacketType.PublishReceived, packet.PacketId, MqttReasonCode.Success, position);
        return Step.Next;
    }

    /// <summary>Whether the road finds the topic by itself, and nobody else is to get or keep the message.</summary>
    private bool IsFound(scoped in PublishPacket packet, out TopicBinding binding)
    {
        binding = default;
        return packet.Properties.IsEmpty && !packet.IsRetained && !_server.HasListenersOfFound && _identity.MayPublish(packet.Topic) && _server.Sink.TryFind(packet.Topic, out binding);
    }

    /// <summary>Topic bytes or alias to an entry. Next with null: the peer may not publish there.</summary>
    private Step Resolve(scoped in PublishPacket packet, out TopicEntry? entry)
    {
        entry = null;
        ReadOnlySpan<byte> topic = packet.Topic;
        uint alias = 0;
        if (!packet.Properties.IsEmpty)
        {
            // 3.3.4-6: a peer doesn't send subscription identifiers.
            if (packet.Properties.Has(MqttPropertyId.SubscriptionIdentifier))
                return Refuse(MqttReasonCode.ProtocolError);
            if (packet.Properties.TryGetNumber(MqttPropertyId.TopicAlias, out alias))
            {
                if (alias > _options.TopicAliasMaximum)
                    return Refuse(MqttReasonCode.TopicAliasInvalid);
                if (topic.IsEmpty)
                {
                    if (_aliases?[alias - 1] is not { } known)
                        return Refuse(MqttReasonCode.ProtocolError);
                    entry = _identity.MayPublish(known.Topic) ? known : null;
                    return Step.Next;
                }
            }
        }

        if (!_server.Topics.TryGet(topic, out TopicEntry found))
        {
            MqttReasonCode reason = PublishPacket.CheckTopic(topic);
            if (reason == MqttReasonCode.Success && !MqttServer.IsUsable(topic))
                reason = MqttReasonCode.TopicNameInvalid;
            if (reason != MqttReasonCode.Success)
                return Refuse(reason, reason == MqttReasonCode.MalformedPacket ? MqttEvent.MalformedPacket : MqttEvent.TopicNameInvalid);
            found = _identity.MayPublish(topic) ? _server.Topics.GetOrAdd(topic) : new TopicEntry(topic);
        }

        if (alias > 0)
            (_aliases ??= new TopicEntry?[_options.TopicAliasMaximum])[alias - 1] = found;
        if (!_identity.MayPublish(topic))
            return Step.Next;
        entry = found;
        _lastTopic = found;
        return Step.Next;
    }

    /// <summary>A topic the peer has no right to. 5.0: refused in the acknowledgement; QoS 0: dropped; 3.1.1 can't be told and is closed (3.3.5-2).</summary>
    private Step RefusePublish(scoped in PublishPacket packet, MqttReasonCode reason)
    {
        if (_version == MqttProtocolVersion.V311)
            return Refuse(reason, MqttEvent.PublishNotAuthorised);
        _counters.Count(MqttEvent.PublishNotAuthorised);
        if (packet.QoS > 0)
            AcknowledgeRefused(packet, reason);
        return Step.Next;
    }

    private void AcknowledgeRefused(scoped in PublishPacket packet, MqttReasonCode reason)
    {
        if (_version == MqttProtocolVersion.V311)
        {
            reason = MqttReasonCode.Success;
            if (packet.QoS == 2)
                _session!.Received.Add(packet.PacketId);
        }

        Acknowledge(packet.QoS == 1 ? MqttPacketType.PublishAck : MqttPacketType.PublishReceived, packet.PacketId, reason, long.MinValue);
    }

    /// <summary>Writes the acknowledgement now, or behind those that wait, or when the position is committed.</summary>
    private void Acknowledge(MqttPacketType type, ushort packetId, MqttReasonCode reason, long position)
    {
        if (position == long.MinValue && _deferred.Count == 0)
            SendAck(type, packetId, reason, _wakes);
        else
            _deferred.Add(type, packetId, reason, position);
    }

    private void Forward(scoped in PublishPacket packet, TopicEntry entry, TopicMatches matches)
    {
        var publication = new Publication
        {
            Topic = entry.Topic,
            Payload = packet.Payload,
            Properties = ForwardedProperties.Of(packet.Properties),
            QoS = packet.QoS,
            IsRetained = packet.IsRetained,
            ExpiresAt = packet.Properties.IsEmpty ? 0 : ForwardedProperties.ExpiryOf(packet.Properties, _server.Now),
            Publisher = _session,
        };
        _server.Route(ref publication, matches, _wakes);
    }

    private Step OnAck(MqttPacketType type, ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = AckPacket.Read(type, body, _version, out AckPacket packet);
        if (reason != MqttReasonCode.Success)
            return Refuse(reason);
        MqttSession session = _session!;
        switch (type)
        {
            case MqttPacketType.PublishAck or MqttPacketType.PublishComplete:
                session.Finish(packet.PacketId, _wakes);
                break;
            case MqttPacketType.PublishReceived when packet.Reason >= MqttReasonCode.UnspecifiedError:
                session.Finish(packet.PacketId, _wakes);
                break;
            case MqttPacketType.PublishReceived:
                bool isKnown = session.Release(packet.PacketId);
                SendAck(MqttPacketType.PublishRelease, packet.PacketId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound, _wakes);
                break;
            default:
                bool wasHeld = session.Received.Remove(packet.PacketId);
                SendAck(MqttPacketType.PublishComplete, packet.PacketId, wasHeld ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound, _wakes);
                break;
        }

        return Step.Next;
    }

    private Step OnPing()
    {
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return Step.Close;
            ReasonPacket.WritePing(_outgoing, MqttPacketType.PingResponse);
            if (_outgoing.MarkDirty())
                _wakes.Add(_outgoing);
        }

        return Step.Next;
    }

    private Step OnDisconnect(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = ReasonPacket.Read(MqttPacketType.Disconnect, body, _version, out ReasonPacket packet);
        if (reason != MqttReasonCode.Success)
            return Refuse(reason);
        if (packet.Properties.TryGetNumber(MqttPropertyId.SessionExpiryInterval, out uint expiry))
        {
            // 3.14.2.2.2: a session that was to end with the connection can't be prolonged now.
            if (SessionExpirySeconds == 0 && expiry != 0)
                return Refuse(MqttReasonCode.ProtocolError);
            SessionExpirySeconds = (uint)Math.Min(expiry, _options.MaximumSessionExpiry.TotalSeconds);
        }

        if (packet.Reason != MqttReasonCode.DisconnectWithWill)
            _will = null;
        Lose(MqttEvent.Disconnected);
        return Step.Close;
    }
}
