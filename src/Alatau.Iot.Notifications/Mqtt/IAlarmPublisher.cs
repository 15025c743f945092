namespace Alatau.Iot.Notifications.Mqtt;

/// <summary>Where alarms are published: our own server, or a client of another broker.</summary>
public interface IAlarmPublisher
{
    /// <summary>For people: <c>this server</c>, or a broker's address.</summary>
    string Target { get; }

    /// <summary>Publishes with QoS 1.</summary>
    /// <exception cref="IOException">The broker is away; the message may be sent again.</exception>
    ValueTask PublishAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken cancellationToken);
}
