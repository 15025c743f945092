using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Notifications.Mqtt;

/// <summary>Publishes in our own server, in this process.</summary>
public sealed class ServerAlarmPublisher(MqttServer server) : IAlarmPublisher
{
    public string Target => "this server";

    public ValueTask PublishAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        server.Publish(topic.Span, payload.Span, qos: 1, retain: true);
        return ValueTask.CompletedTask;
    }
}
