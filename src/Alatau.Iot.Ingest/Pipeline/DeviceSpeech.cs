using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>How devices speak: shared by all topics of a profile that need no decoder of their own. Immutable.</summary>
/// <param name="Decoder">Reads their payloads.</param>
/// <param name="Profile">The profile's name.</param>
/// <param name="Zone">Zone of their local times.</param>
/// <param name="CommandTopic">Topic that a Sparkplug node takes commands on; null for all others.</param>
internal sealed record DeviceSpeech(PayloadDecoder Decoder, string Profile, TimeZoneInfo Zone, string? CommandTopic);
