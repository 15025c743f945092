using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>One filter to subscribe to; <c>$share/group/filter</c> shares the messages among a group.</summary>
public sealed record MqttSubscription(string Filter, SubscriptionOptions Options)
{
    public MqttSubscription(string filter, int qos = 0)
        : this(filter, new SubscriptionOptions((byte)qos))
    {
    }
}
