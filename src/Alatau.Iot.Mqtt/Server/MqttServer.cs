using System.Collections.Concurrent;
using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;
using Alatau.Iot.Mqtt.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>An MQTT 3.1.1 and 5.0 server: sessions, subscriptions, retained messages and wills, in front of the road (<see cref="IMqttPublishSink"/>).</summary>
/// <remarks>Safe for use from any thread. Wills aren't published when the server itself stops.</remarks>
public sealed partial class MqttServer : IAsyncDisposable
{
    internal const int CloseMilliseconds = 2000;

    /// <summary>Levels of a topic or filter; more is refused, because matching walks level by level.</summary>
    internal const int MaximumTopicLevels = 128;

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<long, MqttConnection> _connections = new();
    private readonly ConcurrentQueue<MqttConnection> _awaitingCommit = new();
    private readonly IDisposable _committed;
    private readonly ITimer _timer;
    private readonly ILogger<MqttServer> _logger;
    private readonly long _start;
    private long _nextId;
    private int _bindingVersion = 1;

    // Version of the subscriptions of which none matches a topic that the road finds by itself.
    private long _nobodyListens;
    private long _identityVersion;
    private int _isTicking;
    private int _isStopping;

    /// <exception cref="ArgumentException">The options don't hold; the message names every fault.</exception>
    public MqttServer(
        MqttServerOptions options, IMqttAuthenticator authenticator, IMqttPublishSink? sink = null, TimeProvider? time = null, ILogger<MqttServer>? logger = null)
    {
        IReadOnlyList<string> faults = options.Validate();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(options));
        Options = options;
        Authenticator = authenticator;
        Sink = sink ?? new NoRoad();
        Time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<MqttServer>.Instance;
        _start = Time.GetTimestamp();
        _identityVersion = authenticator.Version;
        Topics = new TopicTable(options.MaximumTopics, Counters);
        Retained = new RetainedMessages(options.MaximumRetainedMessages);
        _committed = Sink.OnCommitted(OnCommitted);
        _timer = Time.CreateTimer(_ => Tick(), null, TickInterval, TickInterval);
    }

    public MqttServerOptions Options { get; }

    public MqttCounters Counters { get; } = new();

    public int RetainedCount => Retained.Count;

    /// <summary>Topics remembered.</summary>
    public int TopicCount => Topics.Count;

    /// <summary>Sessions, connected and away.</summary>
    public int SessionCount
    {
        get
        {
            lock (_sessionGate)
                return _sessions.Count;
        }
    }

    internal IMqttAuthenticator Authenticator { get; }

    internal IMqttPublishSink Sink { get; }

    internal TimeProvider Time { get; }

    internal TopicTable Topics { get; }

    internal SubscriptionTree Subscriptions { get; } = new();

    internal RetainedMessages Retained { get; }

    /// <summary>Whether a subscription may match a topic that the road finds by itself, or there are no such topics.</summary>
    internal bool HasListenersOfFound
    {
        get
        {
            long version = Subscriptions.Version;
            if (Volatile.Read(ref _nobodyListens) == version)
                return false;
            ReadOnlySpan<byte> found = Sink.FoundTopics;
            if (found.IsEmpty || Subscriptions.MayMatch(found))
                return true;
            Volatile.Write(ref _nobodyListens, version);
            return false;
        }
    }

    internal bool IsStopping => Volatile.Read(ref _isStopping) != 0;

    internal int BindingVersion => Volatile.Read(ref _bindingVersion);

    internal long CommittedPosition => Sink.CommittedPosition;

    /// <summary>Milliseconds since the server's start, plus one.</summary>
    internal long Now => (long)Time.GetElapsedTime(_start).TotalMilliseconds + 1;

    /// <summary>Profiles or fleet have changed: every topic is bound anew at its next message.</summary>
    public void InvalidateBindings() => Interlocked.Increment(ref _bindingVersion);

    /// <summary>Serves one transport connection until it ends.</summary>
    public async Task ServeAsync(ConnectionContext context)
    {
        Counters.Count(MqttEvent.ConnectionAccepted);
        if (IsStopping || !Counters.TryEnter(Options.MaximumConnections))
        {
            Counters.Count(MqttEvent.ConnectionLimit);
            context.Abort(new ConnectionAbortedException("Too many connections."));
            return;
        }

        var connection = new MqttConnection(this, context, Interlocked.Increment(ref _nextId));
        _connections[connection.Id] = connection;
        try
        {
            await connection.RunAsync();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // A fault of ours must not reach the other connections; it is counted, logged and visible.
            Counters.Count(MqttEvent.InternalError);
            LogFault(exception, connection.Id);
            context.Abort(new ConnectionAbortedException("Internal error."));
        }
        finally
        {
            _connections.TryRemove(connection.Id, out _);
            Counters.Leave();
        }
    }

    /// <summary>Publishes one of the platform's own messages to subscribers, and retains it when asked. It isn't offered to the road.</summary>
    /// <exception cref="ArgumentException">The topic isn't a valid topic name.</exception>
    public void Publish(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, int qos = 0, bool retain = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)qos, 2u, nameof(qos));
        if (!Topics.TryGet(topic, out TopicEntry entry))
        {
            if (!TopicRules.IsName(topic) || !IsUsable(topic))
                throw new ArgumentException("Not a topic name.", nameof(topic));
            entry = Topics.GetOrAdd(topic);
        }

        TopicMatches matches = entry.MatchesOf(Subscriptions);
        if (!retain && matches.IsEmpty)
            return;
        var publication = new Publication { Topic = entry.Topic, Payload = payload, QoS = (byte)qos, IsRetained = retain };
        var wakes = new WakeList();
        Route(ref publication, matches, wakes);
        wakes.WakeAll();
    }

    /// <summary>Refuses new peers, waits for acknowledgements that are due, tells 5.0 peers (0x8B), sends what is unsent and ends every connection, within <see cref="MqttServerOptions.StopTimeout"/> and a moment.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isStopping, 1) != 0)
            return;
        long deadline = Now + (long)Options.StopTimeout.TotalMilliseconds;
        while (Now < deadline && !cancellationToken.IsCancellationRequested && _connections.Values.Any(connection => connection.DeferredCount > 0))
            await Task.Delay(TimeSpan.FromMilliseconds(10), Time, CancellationToken.None);
        foreach (MqttConnection connection in _connections.Values)
            connection.Close(MqttReasonCode.ServerShuttingDown, null);
        while (Now < deadline && !cancellationToken.IsCancellationRequested && !_connections.IsEmpty)
            await Task.Delay(TimeSpan.FromMilliseconds(10), Time, CancellationToken.None);
        foreach (MqttConnection connection in _connections.Values)
            connection.Abort();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _timer.DisposeAsync();
        _committed.Dispose();
    }

    /// <summary>May the valid name or filter be used here? Only its depth is bounded.</summary>
    internal static bool IsUsable(ReadOnlySpan<byte> topic) => topic.Length <= MaximumTopicLevels || topic.Count((byte)'/') < MaximumTopicLevels;

    /// <summary>Retains and delivers.</summary>
    internal void Route(scoped ref Publication publication, TopicMatches matches, WakeList wakes)
    {
        if (publication.IsRetained && !Retained.Set(ref publication))
            Counters.Count(MqttEvent.RetainedLimit);
        foreach (TopicMatch match in matches.Direct)
        {
            int granted = ReferenceEquals(match.Session, publication.Publisher) ? match.ForeignQoS : match.QoS;
            if (granted < 0)
                continue;
            match.Session.Deliver(ref publication, Math.Min(granted, publication.QoS), publication.IsRetained && match.IsRetainAsPublished, match.Identifiers, wakes);
        }

        foreach (SharedGroup group in matches.Shared)
        {
            if (group.Pick() is not { } member)
                continue;
            byte[] identifiers = member.Identifier == 0 ? [] : new PropertyWriter().VariableInteger(MqttPropertyId.SubscriptionIdentifier, member.Identifier).Encoded.ToArray();
            member.Session.Deliver(
                ref publication, Math.Min(member.Options.QoS, publication.QoS), publication.IsRetained && member.Options.IsRetainAsPublished, identifiers, wakes);
        }
    }

    internal void SendRetained(Subscription subscription, WakeList wakes)
    {
        byte[] identifiers = subscription.Identifier == 0
            ? []
            : new PropertyWriter().VariableInteger(MqttPropertyId.SubscriptionIdentifier, subscription.Identifier).Encoded.ToArray();
        foreach (StoredMessage message in Retained.Match(subscription.Text))
        {
            var publication = new Publication(message);
            subscription.Session.Deliver(ref publication, Math.Min(subscription.Options.QoS, message.QoS), isRetained: true, identifiers, wakes);
        }
    }

    internal void AwaitCommit(MqttConnection connection) => _awaitingCommit.Enqueue(connection);

    internal ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => Sink.WaitForRoomAsync(cancellationToken);

    /// <summary>Each connection that waits is asked once per commit; one that still waits queues up again.</summary>
    private void OnCommitted(long committed)
    {
        for (int left = _awaitingCommit.Count; left > 0 && _awaitingCommit.TryDequeue(out MqttConnection? connection); left--)
            connection.WriteCommitted(committed);
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isTicking, 1) != 0)
            return;
        try
        {
            long now = Now;
            long version = Authenticator.Version;
            bool asksIdentity = version != _identityVersion;
            _identityVersion = version;
            foreach ((_, MqttConnection connection) in _connections)
            {
                if (asksIdentity && connection.Identity is { } identity && !Authenticator.IsValid(identity))
                    connection.Close(MqttReasonCode.NotAuthorized, MqttEvent.CredentialsWithdrawn);
                connection.Tick(now);
            }

            TickSessions(now);
        }
        finally
        {
            Volatile.Write(ref _isTicking, 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "MQTT connection {Connection} was closed by a fault of the server.")]
    private partial void LogFault(Exception exception, long connection);
}
