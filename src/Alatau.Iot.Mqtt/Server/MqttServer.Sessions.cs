using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Transport;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>Sessions by client id: attach, take over, keep while away, end; and wills.</summary>
public sealed partial class MqttServer
{
    private readonly Lock _sessionGate = new();
    private readonly Dictionary<byte[], MqttSession> _sessions = new(Utf8Key.Comparer);
    private readonly HashSet<MqttSession> _detached = [];

    /// <summary>Gives the connection its session and answers CONNACK. False when the client id belongs to another user's session.</summary>
    internal bool TryAttach(MqttConnection connection, ConnectRequest request, byte[] clientId, bool isAssigned, WakeList wakes)
    {
        lock (_sessionGate)
        {
            string user = connection.UserName;
            if (_sessions.TryGetValue(clientId, out MqttSession? session))
            {
                if (!string.Equals(session.UserName, user, StringComparison.Ordinal))
                    return false;
                session.Connection?.Close(MqttReasonCode.SessionTakenOver, MqttEvent.SessionTakenOver);
                session.DelayedWill = request.IsCleanStart ? session.DelayedWill : null;
            }

            bool isPresent = session is not null && !request.IsCleanStart && !session.EndsWithConnection;
            if (session is not null && !isPresent)
            {
                End(session);
                session = null;
            }

            session ??= new MqttSession(clientId, user, Options, Counters);
            session.EndsWithConnection = connection.SessionExpirySeconds == 0;
            _sessions[clientId] = session;
            _detached.Remove(session);
            connection.Accept(session, request, isPresent, isAssigned);
            session.Attach(connection, wakes);
            return true;
        }
    }

    /// <summary>The connection has ended: its session ends with it, or waits.</summary>
    internal void Detach(MqttConnection connection, MqttSession? session)
    {
        if (session is null)
            return;
        lock (_sessionGate)
        {
            if (!session.Detach(connection) || session.IsDiscarded)
                return;
            if (connection.SessionExpirySeconds > 0 && _detached.Count < Options.MaximumDetachedSessions)
            {
                session.ExpiresAt = Now + (connection.SessionExpirySeconds * 1000L);
                _detached.Add(session);
                return;
            }

            if (connection.SessionExpirySeconds > 0)
                Counters.Count(MqttEvent.DetachedSessionLimit);
            End(session);
        }
    }

    /// <summary>Keeps the will until its delay is over, the session ends or the peer is back. False when the session has ended already.</summary>
    internal bool TryDelayWill(MqttSession session, StoredMessage will, MqttIdentity identity, uint delaySeconds)
    {
        lock (_sessionGate)
        {
            if (!_detached.Contains(session))
                return session.Connection is not null && !session.IsDiscarded;
            session.DelayedWill = will;
            session.WillIdentity = identity;
            session.WillDueAt = Math.Min(session.ExpiresAt, Now + (delaySeconds * 1000L));
            return true;
        }
    }

    /// <summary>Offers the will to the road like any message, then delivers it.</summary>
    internal async ValueTask PublishWillAsync(StoredMessage will, MqttIdentity identity, byte[] clientId, WakeList wakes)
    {
        Counters.Count(MqttEvent.WillPublished);
        while (!TryPublishWill(will, identity, clientId, wakes))
            await Sink.WaitForRoomAsync(CancellationToken.None);
        wakes.WakeAll();
    }

    private bool TryPublishWill(StoredMessage will, MqttIdentity identity, byte[] clientId, WakeList wakes)
    {
        TopicEntry entry = Topics.GetOrAdd(will.Topic);
        var message = new PublishedMessage
        {
            Topic = will.Topic,
            Payload = will.Payload,
            QoS = will.QoS,
            IsRetained = will.IsRetained,
            Binding = entry.BindingOf(Sink, BindingVersion),
            Identity = identity,
            ClientId = clientId,
            Version = MqttProtocolVersion.V311,
            ReceivedAt = Time.GetUtcNow(),
        };
        PublishVerdict verdict = Sink.Offer(message);
        if (verdict.Kind == PublishVerdictKind.Busy)
            return false;
        if (verdict.Kind == PublishVerdictKind.Refused)
        {
            Counters.Count(MqttEvent.PublishRefused);
            return true;
        }

        var publication = new Publication(will);
        Route(ref publication, entry.MatchesOf(Subscriptions), wakes);
        return true;
    }

    /// <summary>Delayed wills that are due and sessions that have expired.</summary>
    private void TickSessions(long now)
    {
        List<(StoredMessage Will, MqttIdentity Identity, byte[] ClientId)>? due = null;
        lock (_sessionGate)
        {
            if (_detached.Count == 0)
                return;
            foreach (MqttSession session in _detached.ToArray())
            {
                if (session.DelayedWill is { } will && now >= session.WillDueAt)
                {
                    (due ??= []).Add((will, session.WillIdentity!, session.ClientId));
                    session.DelayedWill = null;
                }

                if (now < session.ExpiresAt)
                    continue;
                Counters.Count(MqttEvent.SessionExpired);
                End(session);
            }
        }

        if (due is null || IsStopping)
            return;
        foreach ((StoredMessage will, MqttIdentity identity, byte[] clientId) in due)
            _ = PublishWillAsync(will, identity, clientId, new WakeList()).AsTask();
    }

    /// <summary>Under the session lock: takes all its subscriptions out and forgets it. A will that waited is published now.</summary>
    private void End(MqttSession session)
    {
        _sessions.Remove(session.ClientId);
        _detached.Remove(session);
        lock (session.Subscriptions)
        {
            session.IsDiscarded = true;
            foreach (byte[] text in session.Subscriptions.Keys)
            {
                if (TopicRules.TrySplitShared(text, out ReadOnlySpan<byte> group, out ReadOnlySpan<byte> filter))
                    Subscriptions.Remove(filter, group, session);
            }

            session.Subscriptions.Clear();
        }

        if (session.DelayedWill is not { } will || IsStopping)
            return;
        session.DelayedWill = null;
        _ = PublishWillAsync(will, session.WillIdentity!, session.ClientId, new WakeList()).AsTask();
    }
}
