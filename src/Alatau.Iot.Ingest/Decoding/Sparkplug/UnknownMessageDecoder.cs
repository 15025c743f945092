using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>Answers for topics whose message type is none, or doesn't fit their length, or whose node is one too many.</summary>
internal sealed class UnknownMessageDecoder(QuarantineReason reason, string detail) : PayloadDecoder
{
    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into) => DecodeResult.Quarantine(reason, detail);
}
