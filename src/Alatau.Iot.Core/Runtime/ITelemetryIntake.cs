namespace Alatau.Iot.Core.Runtime;

/// <summary>The way onto the road for a message that didn't come by MQTT: the HTTP API. It takes the same steps as a PUBLISH.</summary>
public interface ITelemetryIntake
{
    /// <summary>Decodes the message and hands it to its asset, waiting for room for a bounded time.</summary>
    /// <param name="topic">UTF-8, as a device would publish on it.</param>
    /// <param name="payload">The bytes a device would publish. Valid until the call completes.</param>
    /// <param name="client">Who sends: the address of the caller.</param>
    ValueTask<IntakeResult> AcceptAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, string client, CancellationToken cancellationToken);
}
