namespace Alatau.Iot.Simulator.Playing;

/// <summary>The way of one device to the broker.</summary>
internal interface IDeviceLink
{
    /// <summary>Hands over a message; waits while too many are on their way. The payload is copied before the task completes.</summary>
    ValueTask PublishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellation);
}
