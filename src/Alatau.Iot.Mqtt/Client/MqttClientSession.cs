using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>What a client must remember from one connection of a session to the next: QoS 2 messages it has taken and the broker hasn't released (4.3.3).</summary>
internal sealed class MqttClientSession
{
    public PacketIdSet Received { get; } = new();
}
