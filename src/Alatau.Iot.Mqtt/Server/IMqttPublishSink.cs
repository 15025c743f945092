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
