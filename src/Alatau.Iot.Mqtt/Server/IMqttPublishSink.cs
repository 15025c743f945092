namespace Alatau.Iot.Mqtt.Server;

/// <summary>The road behind the server: takes every valid authorised message and says when it is kept.</summary>
/// <remarks>All members may be called from many connections at once.</remarks>
public interface IMqttPublishSink
{
    /// <summary>Messages taken at or below this position may be acknowledged. Never falls.</summary>
    long CommittedPosition { get; }

    /// <summary>Takes or refuses one message, on the connection's read loop; must not block. Spans are valid during the call only.</summary>
    PublishVerdict Offer(in PublishedMessage message);

    /// <summary>Completes when a message refused with <see cref="PublishVerdictKind.Busy"/> is worth offering again.</summary>
    ValueTask WaitForRoomAsync(CancellationToken cancellationToken);

    /// <summary>Registers what to call, from any thread, after <see cref="CommittedPosition"/> has advanced; the argument is the new position.</summary>
    /// <returns>Ends the registration.</returns>
    IDisposable OnCommitted(Action<long> committed);

    /// <summary>Resolves a valid topic name once; the answer is cached until <see cref="MqttServer.InvalidateBindings"/>. The default: nothing of the road's.</summary>
    TopicBinding Bind(ReadOnlySpan<byte> topic);

    /// <summary>A filter for the topics that <see cref="TryFind"/> may know; empty, the default, for none.</summary>
    ReadOnlySpan<byte> FoundTopics => default;

    /// <summary>What the road knows of a topic that it finds by the topic's bytes alone, so that the server need not remember the topic; asked for each message.</summary>
    /// <param name="topic">Bytes that need not be a valid name; the peer may publish there.</param>
    /// <returns>False when the server has to remember the topic, or to refuse it.</returns>
    bool TryFind(ReadOnlySpan<byte> topic, out TopicBinding binding)
    {
        binding = default;
        return false;
    }
}

/// <summary>No road: the server is a plain broker.</summary>
internal sealed class NoRoad : IMqttPublishSink, IDisposable
{
    public long CommittedPosition => long.MaxValue;

    public PublishVerdict Offer(in PublishedMessage message) => PublishVerdict.NotMine;

    public ValueTask WaitForRoomAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public IDisposable OnCommitted(Action<long> committed) => this;

    public TopicBinding Bind(ReadOnlySpan<byte> topic) => default;

    public void Dispose()
    {
    }
}
