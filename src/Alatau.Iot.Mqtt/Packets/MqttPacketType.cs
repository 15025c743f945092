namespace Alatau.Iot.Mqtt.Packets;

/// <summary>The fifteen control packets (MQTT 5.0, table 2-1). AUTH exists in 5.0 only.</summary>
public enum MqttPacketType
{
    Reserved = 0,
    Connect = 1,
    ConnectAck = 2,
    Publish = 3,
    PublishAck = 4,
    PublishReceived = 5,
    PublishRelease = 6,
    PublishComplete = 7,
    Subscribe = 8,
    SubscribeAck = 9,
    Unsubscribe = 10,
    UnsubscribeAck = 11,
    PingRequest = 12,
    PingResponse = 13,
    Disconnect = 14,
    Auth = 15,
}
