namespace Alatau.Iot.Mqtt.Packets;

/// <summary>The protocol level a connection speaks; the value is the level byte of CONNECT.</summary>
public enum MqttProtocolVersion
{
    /// <summary>MQTT 3.1.1 (OASIS 2014).</summary>
    V311 = 4,

    /// <summary>MQTT 5.0 (OASIS 2019).</summary>
    V5 = 5,
}
