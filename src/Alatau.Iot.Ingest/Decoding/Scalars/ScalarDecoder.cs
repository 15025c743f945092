using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Scalars;

/// <summary>Decodes payloads that are one value: plain text, or an object with the value in it. An empty payload means that the value is gone.</summary>
internal sealed class ScalarDecoder(FieldRule? rule, JsonPlace? valueAt, bool ignoresUnmapped, string field) : PayloadDecoder
{
    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        if (rule is null)
        {
            return ignoresUnmapped
                ? DecodeResult.Ignored
                : DecodeResult.Quarantine(QuarantineReason.NothingMapped, $"The profile has no field for '{field}'. Add one with this name, or the topic to ignore.");
        }

        Span<Slot> slots = [new Slot { Kind = SlotKind.Text, Start = 0, Length = payload.Length }];
        if (valueAt is not null && payload.TrimStart(" \t\r\n"u8) is [(byte)'{', ..])
        {
            slots[0] = default;
            var json = new JsonScanner(payload);
            if (!valueAt.Walk(ref json, slots) || !json.AtEnd())
            {
                return json.Verdict();
            }
        }

        if (slots[0].Kind == SlotKind.Missing)
        {
            return DecodeResult.Quarantine(QuarantineReason.WrongField, $"{rule.Label}: the object holds no value at the profile's path. Correct \"value\" in the profile.");
        }

        switch (rule.Convert(slots[0], payload, rule.UnitScale, rule.UnitOffset, out double value, out var quality))
        {
            case FieldVerdict.Nothing:
                return DecodeResult.Ignored;
            case FieldVerdict.Wrong:
                string found = slots[0].Kind == SlotKind.Text ? $"'{JsonText.Show(payload.Slice(slots[0].Start, slots[0].Length))}'" : "an object or list";
                return DecodeResult.Quarantine(QuarantineReason.WrongField, $"{rule.Label}: {found} is no number and no state the profile knows. Add it to states, or correct the device.");
            default:
                into.TryAdd(new Reading(default, value, 0, rule.Measurand, quality, ReadingOrigin.None));
                into.Stamp(0, context.ReceivedAt, 0, OriginOf(context, deviceTime: false));
                return DecodeResult.Decoded(1);
        }
    }
}
