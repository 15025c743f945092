using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>What a decoder has to know of a message besides its payload.</summary>
/// <param name="ReceivedAt">When the message arrived; readings without a time of their own get it.</param>
/// <param name="Retained">Whether a broker kept the message, so that its age is unknown.</param>
/// <param name="DeviceZone">Zone in which the device writes local times when its profile names none: the site's.</param>
public readonly record struct DecodeContext(Instant ReceivedAt, bool Retained, TimeZoneInfo DeviceZone);
