using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Quarantine;

/// <summary>A message that could not be taken, kept so that a person can see it and send it again.</summary>
/// <param name="Number">Ascending, of this platform.</param>
/// <param name="ReceivedAt">When it arrived.</param>
/// <param name="Route">The way it came in.</param>
/// <param name="Client">Who sent it: the MQTT client id, or the address of an HTTP caller.</param>
/// <param name="Topic">Its topic; of HTTP the path.</param>
/// <param name="Payload">Its bytes, up to the configured length.</param>
/// <param name="Reason">Why.</param>
/// <param name="Detail">What exactly, where in the payload, and the cure.</param>
public sealed record QuarantinedMessage(long Number, Instant ReceivedAt, string Route, string Client, string Topic, ReadOnlyMemory<byte> Payload, QuarantineReason Reason, string Detail)
{
    /// <summary>Its journal position; 0 without one.</summary>
    public long Position { get; init; }

    /// <summary>How many messages the entry stands for: one, unless they were lost on disk.</summary>
    public long Messages { get; init; } = 1;

    /// <summary>Whether it was sent through again.</summary>
    public bool IsReplayed { get; init; }

    /// <summary>Whether bytes of its payload are missing: it was longer than what is kept, or the disk failed. It can't be sent through again.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whether it was set aside since the platform was started.</summary>
    public bool IsOfThisRun { get; init; }
}
