namespace Alatau.Iot.Mqtt.Packets;

/// <summary>The options byte of one subscription (MQTT 5.0, 3.8.3.1). In 3.1.1 only the QoS exists.</summary>
/// <param name="QoS">0 to 2.</param>
/// <param name="IsNoLocal">Not sent back to the client that published it.</param>
/// <param name="IsRetainAsPublished">The retain flag is forwarded as published.</param>
/// <param name="RetainHandling">0: retained messages at subscribe; 1: only when the subscription is new; 2: never.</param>
public readonly record struct SubscriptionOptions(byte QoS, bool IsNoLocal = false, bool IsRetainAsPublished = false, byte RetainHandling = 0)
{
    internal byte Encode(MqttProtocolVersion version) => version == MqttProtocolVersion.V5
        ? (byte)(QoS | (IsNoLocal ? 4 : 0) | (IsRetainAsPublished ? 8 : 0) | (RetainHandling << 4))
        : QoS;

    internal static bool TryDecode(byte value, MqttProtocolVersion version, out SubscriptionOptions options)
    {
        options = new SubscriptionOptions((byte)(value & 3), (value & 4) != 0, (value & 8) != 0, (byte)((value >> 4) & 3));
        int reserved = version == MqttProtocolVersion.V5 ? 0xC0 : 0xFC;
        return (value & reserved) == 0 && options.QoS < 3 && options.RetainHandling < 3;
    }
}
