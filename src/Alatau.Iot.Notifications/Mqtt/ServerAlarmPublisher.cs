using Alatau.Iot.Mqtt.Server;

namespace Alatau.Iot.Notifications.Mqtt;

/// <summary>Publishes in our own server, in this process.</summary>
/// <param name="server">Asked for at the first alarm: the server stands where the road begins and alarms where it ends, so neither can be made before the other.</param>
public sealed class ServerAlarmPublisher(Lazy<MqttServer> server) : IAlarmPublisher
{
    public string Target => "this server";

    public ValueTask PublishAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, bool retain, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        server.Value.Publish(topic.Span, payload.Span, qos: 1, retain);
        return ValueTask.CompletedTask;
    }
}
