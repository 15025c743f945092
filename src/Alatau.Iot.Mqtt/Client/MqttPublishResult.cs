using Alatau.Iot.Mqtt.Packets;

namespace Alatau.Iot.Mqtt.Client;

/// <summary>How a publish ended.</summary>
/// <param name="Reason">The broker's answer; <see cref="MqttReasonCode.Success"/> also for QoS 0, which has none.</param>
/// <param name="IsConnectionLost">The connection ended first: the broker may or may not have the message.</param>
public readonly record struct MqttPublishResult(MqttReasonCode Reason, bool IsConnectionLost = false)
{
    /// <summary>Acknowledged without a failure (QoS 0: handed to the connection).</summary>
    public bool IsAccepted => !IsConnectionLost && Reason < MqttReasonCode.UnspecifiedError;

    internal static MqttPublishResult Lost => new(MqttReasonCode.UnspecifiedError, IsConnectionLost: true);
}

/// <summary>What a publish without waiting did.</summary>
public enum MqttSendResult
{
    /// <summary>Written; at QoS 1 and 2 the callback follows exactly once.</summary>
    Written,

    /// <summary>Too many bytes or messages are under way; nothing was written.</summary>
    NoRoom,

    /// <summary>The connection has ended; nothing was written.</summary>
    Closed,

    /// <summary>Larger than the broker accepts; nothing was written.</summary>
    TooLarge,
}

/// <summary>CONNECT was refused, or the broker wasn't reached.</summary>
public sealed class MqttConnectException(MqttReasonCode reason, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The broker's code; <see cref="MqttReasonCode.ServerUnavailable"/> when it wasn't reached.</summary>
    public MqttReasonCode Reason { get; } = reason;
}
