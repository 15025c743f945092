using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>SUBSCRIBE and UNSUBSCRIBE.</summary>
internal sealed partial class MqttConnection
{
    private Step OnSubscribe(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = SubscribePacket.Read(body, _version, out SubscribePacket packet);
        if (reason != MqttReasonCode.Success)
            return Refuse(reason);
        packet.Properties.TryGetNumber(MqttPropertyId.SubscriptionIdentifier, out uint identifier);
        var codes = new List<byte>();
        var granted = new List<(Subscription Subscription, bool SendsRetained)>();
        foreach (SubscribePacket.Request request in packet)
        {
            MqttReasonCode code = Subscribe(request, identifier, granted);
            codes.Add(code >= MqttReasonCode.UnspecifiedError && _version == MqttProtocolVersion.V311 ? (byte)0x80 : (byte)code);
        }

        SendSubscribeAck(MqttPacketType.SubscribeAck, packet.PacketId, codes);
        foreach ((Subscription subscription, bool sendsRetained) in granted)
        {
            if (sendsRetained)
                _server.SendRetained(subscription, _wakes);
        }

        return Step.Next;
    }

    private MqttReasonCode Subscribe(scoped in SubscribePacket.Request request, uint identifier, List<(Subscription Subscription, bool SendsRetained)> granted)
    {
        if (!TopicRules.TrySplitShared(request.Filter, out ReadOnlySpan<byte> group, out ReadOnlySpan<byte> filter) || !MqttServer.IsUsable(filter))
        {
            _counters.Count(MqttEvent.FilterInvalid);
            return MqttReasonCode.TopicFilterInvalid;
        }

        if (!_identity.MaySubscribe(filter))
        {
            _counters.Count(MqttEvent.SubscribeNotAuthorised);
            return MqttReasonCode.NotAuthorized;
        }

        MqttSession session = _session!;
        var subscription = new Subscription(session, request.Filter.ToArray(), request.Options, identifier);
        bool isNew;
        lock (session.Subscriptions)
        {
            isNew = !session.Subscriptions.ContainsKey(subscription.Text);
            if (session.IsDiscarded || (isNew && session.Subscriptions.Count >= _options.MaximumSubscriptionsPerClient))
            {
                _counters.Count(MqttEvent.SubscriptionLimit);
                return MqttReasonCode.QuotaExceeded;
            }

            session.Subscriptions[subscription.Text] = subscription;
            _server.Subscriptions.Set(filter, group, subscription);
        }

        bool sendsRetained = group.IsEmpty && (request.Options.RetainHandling == 0 || (request.Options.RetainHandling == 1 && isNew));
        granted.Add((subscription, sendsRetained));
        return (MqttReasonCode)request.Options.QoS;
    }

    private Step OnUnsubscribe(ReadOnlySpan<byte> body)
    {
        MqttReasonCode reason = UnsubscribePacket.Read(body, _version, out UnsubscribePacket packet);
        if (reason != MqttReasonCode.Success)
            return Refuse(reason);
        var codes = new List<byte>();
        MqttSession session = _session!;
        foreach (ReadOnlySpan<byte> text in packet)
        {
            bool existed;
            lock (session.Subscriptions)
            {
                existed = session.Subscriptions.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(text);
                if (existed && TopicRules.TrySplitShared(text, out ReadOnlySpan<byte> group, out ReadOnlySpan<byte> filter))
                    _server.Subscriptions.Remove(filter, group, session);
            }

            codes.Add(existed ? (byte)MqttReasonCode.Success : (byte)MqttReasonCode.NoSubscriptionExisted);
        }

        SendSubscribeAck(MqttPacketType.UnsubscribeAck, packet.PacketId, codes);
        return Step.Next;
    }

    private void SendSubscribeAck(MqttPacketType type, ushort packetId, List<byte> codes)
    {
        lock (_outgoing.Gate)
        {
            if (_outgoing.IsCompleted)
                return;
            SubscribeAckPacket.Write(_outgoing, type, _version, packetId, default, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(codes));
            if (_outgoing.MarkDirty())
                _wakes.Add(_outgoing);
        }
    }
}
