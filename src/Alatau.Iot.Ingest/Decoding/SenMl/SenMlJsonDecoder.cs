using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>SenML packs in JSON (RFC 8428 clause 5).</summary>
internal sealed class SenMlJsonDecoder(SenMlShape shape) : PayloadDecoder
{
    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        var json = new JsonScanner(payload);
        if (json.Peek() != '[')
        {
            return json.Skip() && json.AtEnd()
                ? DecodeResult.Quarantine(QuarantineReason.Malformed, "A SenML pack is a list of records (RFC 8428 clause 4). Write it in square brackets.")
                : json.Verdict();
        }

        Span<byte> name = stackalloc byte[SenMlResolver.LongestName];
        Span<byte> device = stackalloc byte[SenMlResolver.LongestName];
        var resolver = new SenMlResolver(shape, payload, context, into, name, device);
        var record = new SenMlRecord { HasEscapes = true };
        json.Enter();
        bool first = true;
        while (json.NextItem(ref first))
        {
            record.Next();
            DecodeResult refusal = default;
            if (!ReadRecord(ref json, payload, ref record, ref refusal))
            {
                return json.Failed ? json.Verdict() : refusal;
            }

            if (!resolver.Add(record))
            {
                return resolver.Refusal;
            }
        }

        return json.AtEnd() ? resolver.Finish() : json.Verdict();
    }

    private static bool ReadRecord(ref JsonScanner json, ReadOnlySpan<byte> payload, ref SenMlRecord record, ref DecodeResult refusal)
    {
        if (json.Peek() != '{')
        {
            refusal = json.Skip() ? Malformed("a record is an object") : default;
            return false;
        }

        json.Enter();
        bool firstMember = true;
        while (json.NextMember(ref firstMember, out var label, out _))
        {
            var known = SenMlLabels.Of(label);
            if (known is SenMlLabel.Unknown or SenMlLabel.Passed)
            {
                if (known == SenMlLabel.Unknown && label is [.., (byte)'_'])
                {
                    refusal = MustUnderstand(label);
                    return false;
                }

                if (!json.Skip())
                {
                    return false;
                }

                continue;
            }

            if (json.Peek() is (byte)'{' or (byte)'[')
            {
                refusal = json.Skip() ? WrongType(label) : default;
                return false;
            }

            if (!json.ReadScalar(out var slot))
            {
                return false;
            }

            if (!SenMlLabels.Put(ref record, known, slot, payload, ref refusal))
            {
                refusal = refusal.Outcome == DecodeOutcome.Quarantined ? refusal : WrongType(label);
                return false;
            }
        }

        return !json.Failed;
    }

    private static DecodeResult Malformed(string what) => DecodeResult.Quarantine(QuarantineReason.Malformed, $"SenML: {what} (RFC 8428 clause 4). Mend the sender.");

    internal static DecodeResult MustUnderstand(ReadOnlySpan<byte> label) => DecodeResult.Quarantine(
        QuarantineReason.UnsupportedVersion,
        $"'{JsonText.Show(label)}': a label that ends in _ must be understood, and this one is not known (RFC 8428 clause 4.4). Leave it out, or update the platform.");

    internal static DecodeResult WrongType(ReadOnlySpan<byte> label) => DecodeResult.Quarantine(
        QuarantineReason.WrongField,
        $"'{JsonText.Show(label)}': a value of another type than RFC 8428 table 2 says. Mend the sender.");
}
