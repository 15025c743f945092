using System.Globalization;
using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>SenML packs in CBOR (RFC 8428 clause 6).</summary>
internal sealed class SenMlCborDecoder(SenMlShape shape) : PayloadDecoder
{
    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        var cbor = new CborReader(payload);
        Span<byte> name = stackalloc byte[SenMlResolver.LongestName];
        Span<byte> device = stackalloc byte[SenMlResolver.LongestName];
        var resolver = new SenMlResolver(shape, payload, context, into, name, device);
        var record = default(SenMlRecord);
        if (!cbor.TryStart(4, out ulong records))
        {
            return Broken(cbor, payload, "a pack is an array of records");
        }

        for (ulong i = 0; records == CborReader.Indefinite ? !cbor.TryBreak() : i < records; i++)
        {
            record.Next();
            DecodeResult refusal = default;
            if (!ReadRecord(ref cbor, payload, ref record, ref refusal))
            {
                return refusal.Outcome == DecodeOutcome.Quarantined ? refusal : Broken(cbor, payload, "a record is a map of labels and values");
            }

            if (!resolver.Add(record))
            {
                return resolver.Refusal;
            }
        }

        return cbor.AtEnd ? resolver.Finish() : Broken(cbor, payload, "something follows after the pack");
    }

    private static bool ReadRecord(ref CborReader cbor, ReadOnlySpan<byte> payload, ref SenMlRecord record, ref DecodeResult refusal)
    {
        if (!cbor.TryStart(5, out ulong members))
        {
            return false;
        }

        for (ulong i = 0; members == CborReader.Indefinite ? !cbor.TryBreak() : i < members; i++)
        {
            if (!cbor.TryKey(out long number, out var text))
            {
                return false;
            }

            var label = text.IsEmpty ? SenMlLabels.Of(number) : SenMlLabels.Of(text);
            if (label == SenMlLabel.Unknown && text is [.., (byte)'_'])
            {
                refusal = SenMlJsonDecoder.MustUnderstand(text);
                return false;
            }

            if (label is SenMlLabel.Unknown or SenMlLabel.Passed)
            {
                if (!cbor.Skip())
                {
                    return false;
                }

                continue;
            }

            if (!cbor.TryScalar(out var slot))
            {
                return false;
            }

            if (!SenMlLabels.Put(ref record, label, slot, payload, ref refusal))
            {
                refusal = refusal.Outcome == DecodeOutcome.Quarantined
                    ? refusal
                    : DecodeResult.Quarantine(QuarantineReason.WrongField, $"{label}: a value of another type than RFC 8428 table 2 says. Mend the sender.");
                return false;
            }
        }

        return true;
    }

    private static DecodeResult Broken(in CborReader cbor, ReadOnlySpan<byte> payload, string rule) => DecodeResult.Quarantine(
        cbor.TooDeep ? QuarantineReason.TooLarge : QuarantineReason.Malformed,
        string.Create(CultureInfo.InvariantCulture, $"Not SenML in CBOR near byte {cbor.Position} of {payload.Length}: {rule} (RFC 8428 clause 6). Mend the sender, or use the profile of JSON packs."));
}
