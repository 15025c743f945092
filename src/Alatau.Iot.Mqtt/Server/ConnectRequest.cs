using System.Text;
using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>A valid CONNECT, copied out of the pipe because authentication takes time.</summary>
internal sealed class ConnectRequest
{
    public required MqttProtocolVersion Version { get; init; }

    public required bool IsCleanStart { get; init; }

    public required ushort KeepAliveSeconds { get; init; }

    public required byte[] ClientId { get; init; }

    public required string? UserName { get; init; }

    public required byte[] Password { get; init; }

    public required StoredMessage? Will { get; init; }

    public required uint WillDelaySeconds { get; init; }

    /// <summary>As asked; <see cref="uint.MaxValue"/> for never (3.1.2.11.2).</summary>
    public required uint SessionExpirySeconds { get; init; }

    public required int ReceiveMaximum { get; init; }

    public required int MaximumPacketSize { get; init; }

    public required bool AsksForEnhancedAuthentication { get; init; }

    public static ConnectRequest From(scoped in ConnectPacket packet, long now)
    {
        uint sessionExpiry = 0;
        if (packet.Version == MqttProtocolVersion.V5)
            packet.Properties.TryGetNumber(MqttPropertyId.SessionExpiryInterval, out sessionExpiry);
        else if (!packet.IsCleanStart)
            sessionExpiry = uint.MaxValue;
        StoredMessage? will = null;
        uint delay = 0;
        if (packet.HasWill)
        {
            packet.WillProperties.TryGetNumber(MqttPropertyId.WillDelayInterval, out delay);
            will = new StoredMessage(
                packet.WillTopic.ToArray(), packet.WillPayload.ToArray(), ForwardedProperties.Of(packet.WillProperties),
                packet.WillQoS, packet.IsWillRetained, ForwardedProperties.ExpiryOf(packet.WillProperties, now));
        }

        return new ConnectRequest
        {
            Version = packet.Version,
            IsCleanStart = packet.IsCleanStart,
            KeepAliveSeconds = packet.KeepAliveSeconds,
            ClientId = packet.ClientId.ToArray(),
            UserName = packet.HasUserName ? Encoding.UTF8.GetString(packet.UserName) : null,
            Password = packet.Password.ToArray(),
            Will = will,
            WillDelaySeconds = delay,
            SessionExpirySeconds = sessionExpiry,
            ReceiveMaximum = packet.Properties.TryGetNumber(MqttPropertyId.ReceiveMaximum, out uint receive) ? (int)receive : ushort.MaxValue,
            MaximumPacketSize = packet.Properties.TryGetNumber(MqttPropertyId.MaximumPacketSize, out uint size) ? (int)Math.Min(size, int.MaxValue) : int.MaxValue,
            AsksForEnhancedAuthentication = packet.Properties.Has(MqttPropertyId.AuthenticationMethod),
        };
    }
}

/// <summary>The properties of a PUBLISH or will that travel on to subscribers unaltered (3.3.2.3): all but alias, expiry, delay and identifiers.</summary>
internal static class ForwardedProperties
{
    public static byte[] Of(scoped in MqttProperties properties)
    {
        if (properties.IsEmpty)
            return [];
        var writer = new PropertyWriter();
        foreach (MqttProperty property in properties)
        {
            if (property.Id is not (MqttPropertyId.TopicAlias or MqttPropertyId.MessageExpiryInterval or MqttPropertyId.WillDelayInterval or MqttPropertyId.SubscriptionIdentifier))
                writer.Copy(property);
        }

        return writer.Encoded.ToArray();
    }

    /// <summary>Server milliseconds at which the message expires; 0 for never.</summary>
    public static long ExpiryOf(scoped in MqttProperties properties, long now)
        => properties.TryGetNumber(MqttPropertyId.MessageExpiryInterval, out uint seconds) ? Math.Max(1, now + (seconds * 1000L)) : 0;
}
