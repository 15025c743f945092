namespace Alatau.Iot.Mqtt.Server;

/// <summary>A message that outlives the read that brought it: retained, queued, in flight or a will. Immutable and shared.</summary>
/// <param name="Properties">Encoded 5.0 properties that are forwarded unaltered (3.3.2.3).</param>
/// <param name="ExpiresAt">Server milliseconds at which it is no longer delivered; 0 for never.</param>
internal sealed record StoredMessage(byte[] Topic, byte[] Payload, byte[] Properties, byte QoS, bool IsRetained, long ExpiresAt)
{
    private const int Overhead = 160;

    /// <summary>Bytes in memory, roughly.</summary>
    public int Size => Overhead + Topic.Length + Payload.Length + Properties.Length;
}

/// <summary>One message on its way to subscribers; becomes a <see cref="StoredMessage"/> only when somebody has to keep it.</summary>
internal ref struct Publication
{
    private StoredMessage? _stored;

    public Publication(StoredMessage stored)
    {
        _stored = stored;
        Topic = stored.Topic;
        Payload = stored.Payload;
        Properties = stored.Properties;
        QoS = stored.QoS;
        IsRetained = stored.IsRetained;
        ExpiresAt = stored.ExpiresAt;
    }

    public ReadOnlySpan<byte> Topic { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    public ReadOnlySpan<byte> Properties { get; init; }

    public byte QoS { get; init; }

    public bool IsRetained { get; init; }

    public long ExpiresAt { get; init; }

    /// <summary>Null for the platform's own messages and wills.</summary>
    public MqttSession? Publisher { get; init; }

    public StoredMessage Store() => _stored ??= new StoredMessage(Topic.ToArray(), Payload.ToArray(), Properties.ToArray(), QoS, IsRetained, ExpiresAt);
}
