using Microsoft.AspNetCore.Connections;

namespace Alatau.Iot.Mqtt.Server;

/// <summary>The Kestrel endpoint: hands each accepted connection (plain or after TLS) to the <see cref="MqttServer"/>.</summary>
public sealed class MqttConnectionHandler(MqttServer server) : ConnectionHandler
{
    public override Task OnConnectedAsync(ConnectionContext connection) => server.ServeAsync(connection);
}
