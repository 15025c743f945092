using System.Globalization;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>Turns payloads of one topic into readings in canonical units.</summary>
/// <remarks>
/// Never throws on input, whatever its bytes; takes nothing from a payload of which a part is wrong. Any thread may call it, each with its own buffer.
/// Decoding native JSON, mapped JSON, scalars and SenML allocates nothing.
/// </remarks>
public abstract class PayloadDecoder
{
    /// <summary>Longest payload, in bytes.</summary>
    public const int MaximumPayload = 1_048_576;

    /// <summary>Deepest nesting of objects and arrays.</summary>
    public const int MaximumDepth = 32;

    private protected PayloadDecoder()
    {
    }

    /// <summary>Decodes one payload.</summary>
    /// <param name="payload">The bytes; borrowed for the call.</param>
    /// <param name="context">Arrival, retained flag, zone.</param>
    /// <param name="into">Emptied, then filled; empty unless the outcome is <see cref="DecodeOutcome.Decoded"/>.</param>
    public DecodeResult Decode(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        into.Clear();
        if (payload.Length > MaximumPayload)
        {
            return DecodeResult.Quarantine(
                QuarantineReason.TooLarge,
                string.Create(CultureInfo.InvariantCulture, $"The payload has {payload.Length} bytes, the limit is {MaximumPayload}. Send it in parts."));
        }

        var result = DecodeBounded(payload, context, into);
        if (result.Outcome != DecodeOutcome.Decoded)
        {
            into.Clear();
        }

        return result;
    }

    private protected abstract DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into);

    private protected static DecodeResult TooManyReadings() => DecodeResult.Quarantine(
        QuarantineReason.TooLarge,
        string.Create(CultureInfo.InvariantCulture, $"More than {ReadingBuffer.MaximumReadings} values in one message. Send them in several messages."));

    /// <summary>Origin of a reading whose device gave a time, or not.</summary>
    private protected static ReadingOrigin OriginOf(in DecodeContext context, bool deviceTime) =>
        (deviceTime ? ReadingOrigin.None : ReadingOrigin.TimeOfArrival) | (context.Retained ? ReadingOrigin.Retained : ReadingOrigin.None);
}
