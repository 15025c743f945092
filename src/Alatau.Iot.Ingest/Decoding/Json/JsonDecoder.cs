using System.Globalization;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding.Fields;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Decodes documents of one or several shapes: one walk for each shape tried, then one reading for each field found.</summary>
internal sealed class JsonDecoder(IReadOnlyList<JsonShape> shapes, TimeZoneInfo? zone) : PayloadDecoder
{
    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        for (int i = 0; i < shapes.Count; i++)
        {
            var shape = shapes[i];
            var json = new JsonScanner(payload);
            var slots = into.Slots(shape.SlotCount);
            if (!shape.Root.Walk(ref json, slots) || !json.AtEnd())
            {
                return json.Verdict();
            }

            if (shape.When is null || shape.When.Holds(slots[shape.When.Slot], payload))
            {
                return Take(shape, slots, payload, context, into);
            }
        }

        var last = shapes[^1];
        return last.IgnoresUnmapped
            ? DecodeResult.Ignored
            : DecodeResult.Quarantine(QuarantineReason.NothingMapped, $"{last.When!.Path}: the profile knows no such message. Add a message to the profile, or \"unmapped\": \"ignore\".");
    }

    private DecodeResult Take(JsonShape shape, Span<Slot> slots, ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        var measuredAt = context.ReceivedAt;
        bool hasTime = false;
        if (shape.Time is { } time && !ReadTime(time, slots[time.Slot], payload, context, ref measuredAt, ref hasTime))
        {
            return Wrong(
                time.Path,
                slots[time.Slot],
                payload,
                string.Create(CultureInfo.InvariantCulture, $"is no time of format {char.ToLowerInvariant(time.Format.ToString()[0])}{time.Format.ToString()[1..]}. Correct time.format in the profile, or the device's clock"));
        }

        foreach (var field in shape.Fields)
        {
            var rule = field.Rule;
            ref var slot = ref slots[field.Slot];
            if (slot.Kind == SlotKind.Missing)
            {
                if (rule.Required)
                {
                    return DecodeResult.Quarantine(QuarantineReason.WrongField, $"{rule.Label}: missing, and the profile requires it. Mend the device, or drop \"required\".");
                }

                if (rule.Default is not { } absent || (field.ParentSlot >= 0 && slots[field.ParentSlot].Kind == SlotKind.Missing))
                {
                    continue;
                }

                slot.Kind = SlotKind.Number;
                slot.Number = absent;
            }

            (double scale, double offset) = (rule.UnitScale, rule.UnitOffset);
            if (field.UnitFrom is { } source && !source.TryFind(slots[source.Slot], payload, rule, out scale, out offset))
            {
                return Wrong(rule.Label, slots[source.Slot], payload, $"is no unit that becomes {rule.Unit}. Name the device's symbol in unitFrom.units");
            }

            var verdict = rule.Convert(slot, payload, scale, offset, out double value, out var quality);
            if (verdict == FieldVerdict.Wrong)
            {
                return Wrong(rule.Label, slot, payload, "is no number and no state the profile knows. Correct the path or add to states");
            }

            if (verdict == FieldVerdict.Reading && !into.TryAdd(new Reading(default, value, 0, rule.Measurand, quality, ReadingOrigin.None)))
            {
                return TooManyReadings();
            }
        }

        if (into.Count == 0)
        {
            return shape.IgnoresUnmapped
                ? DecodeResult.Ignored
                : DecodeResult.Quarantine(QuarantineReason.NothingMapped, $"None of the profile's fields is in the payload (the first is {shape.Fields[0].Rule.Label}). Add the device's fields to the profile.");
        }

        into.Stamp(0, measuredAt, Sequence(shape, slots), OriginOf(context, hasTime));
        return DecodeResult.Decoded(into.Count);
    }

    private bool ReadTime(JsonTimeField time, in Slot slot, ReadOnlySpan<byte> payload, in DecodeContext context, ref Instant measuredAt, ref bool hasTime)
    {
        if (slot.Kind is SlotKind.Missing or SlotKind.Null)
        {
            return !time.Required;
        }

        hasTime = true;
        if (slot.Kind == SlotKind.Number)
        {
            return time.Format is TimeFormat.UnixSeconds or TimeFormat.UnixMilliseconds or TimeFormat.Auto
                && JsonTime.TryMilliseconds(slot.Number, time.Format == TimeFormat.UnixSeconds ? 1000 : 1, out measuredAt);
        }

        if (slot.Kind != SlotKind.Text || time.Format is TimeFormat.UnixSeconds or TimeFormat.UnixMilliseconds)
        {
            return false;
        }

        if (!InstantText.TryParse(payload.Slice(slot.Start, slot.Length), requireOffset: time.Format != TimeFormat.Local, out measuredAt, out bool hasOffset))
        {
            return false;
        }

        if (!hasOffset)
        {
            measuredAt = JsonTime.FromLocal(measuredAt, zone ?? context.DeviceZone, context.ReceivedAt);
        }

        return true;
    }

    private static uint Sequence(JsonShape shape, Span<Slot> slots) =>
        shape.SequenceSlot >= 0 && slots[shape.SequenceSlot] is { Kind: SlotKind.Number, Number: >= 0 and <= uint.MaxValue } slot ? (uint)slot.Number : 0;

    private static DecodeResult Wrong(string where, in Slot slot, ReadOnlySpan<byte> payload, string cure)
    {
        string found = slot.Kind switch
        {
            SlotKind.Number => slot.Number.ToString(CultureInfo.InvariantCulture),
            SlotKind.Text => $"'{JsonText.Show(payload.Slice(slot.Start, slot.Length))}'",
            SlotKind.Nested => "an object or list",
            SlotKind.Missing => "nothing",
            _ => slot.Kind.ToString().ToLowerInvariant(),
        };
        return DecodeResult.Quarantine(QuarantineReason.WrongField, $"{where}: {found} {cure}.");
    }
}
