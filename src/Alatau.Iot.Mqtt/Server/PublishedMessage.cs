using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>One valid, authorised PUBLISH as the road sees it. A view: nothing of it may be kept after the call.</summary>
public readonly ref struct PublishedMessage
{
    /// <summary>UTF-8 topic name, also when the peer used a topic alias.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>0 to 2.</summary>
    public byte QoS { get; init; }

    public bool IsRetained { get; init; }

    /// <summary>The peer sent it before (DUP); never set for a QoS 2 message that was already taken.</summary>
    public bool IsDuplicate { get; init; }

    /// <summary>What the sink's <see cref="IMqttPublishSink.Bind"/> answered for the topic.</summary>
    public TopicBinding Binding { get; init; }

    public MqttIdentity Identity { get; init; }

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> ClientId { get; init; }

    /// <summary>Validated properties; empty in 3.1.1.</summary>
    public MqttProperties Properties { get; init; }

    public MqttProtocolVersion Version { get; init; }

    /// <summary>UTC instant of the read that carried the message's end.</summary>
    public DateTimeOffset ReceivedAt { get; init; }
}
