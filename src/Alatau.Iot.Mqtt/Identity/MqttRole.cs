namespace Alatau.Iot.Mqtt.Identity;

/// <summary>What a peer is; decides its default rights.</summary>
public enum MqttRole
{
    /// <summary>Publishes and reads its own topics only.</summary>
    Device,

    /// <summary>Reads everything, publishes nothing unless a topic is granted.</summary>
    Operator,

    /// <summary>Publishes and reads everything: gateways, bridges, simulators, other platforms.</summary>
    Service,
}
