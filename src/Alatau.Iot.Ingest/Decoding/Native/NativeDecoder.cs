using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Native;

/// <summary>The platform's own payload: <c>{"ts": 1795323600000, "seq": 42, "v": {"activePower": 1234.5}}</c>, or an array of such objects.</summary>
/// <remarks>
/// <c>ts</c> is Unix milliseconds or RFC 3339 with offset, <c>seq</c> a whole number up to 2^32 - 1, both optional and in any order. Values are in canonical units;
/// one may be <c>{"value": 1.0, "quality": "uncertain"}</c>. Null and texts (a device's NaN) become a bad reading; true and false are 1 and 0. Members that the
/// format doesn't know are passed over; a measurand that the catalog doesn't know is refused with the whole message, so that no misspelt name is lost in silence.
/// </remarks>
internal sealed class NativeDecoder(MeasurandCatalog measurands) : PayloadDecoder
{
    private readonly NativeFaults _faults = new(measurands);

    private protected override DecodeResult DecodeBounded(ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into)
    {
        var json = new JsonScanner(payload);
        DecodeResult refusal = default;
        byte b = json.Peek();
        bool done;
        if (b == '{')
        {
            done = ReadObject(ref json, payload, context, into, ref refusal);
        }
        else if (b == '[')
        {
            done = ReadList(ref json, payload, context, into, ref refusal);
        }
        else if (json.Skip() && json.AtEnd())
        {
            return NativeFaults.NoObject();
        }
        else
        {
            return json.Verdict();
        }

        if (done && json.AtEnd())
        {
            return into.Count == 0 ? NativeFaults.NoValue() : DecodeResult.Decoded(into.Count);
        }

        return json.Failed ? json.Verdict() : refusal;
    }

    private bool ReadList(ref JsonScanner json, ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into, ref DecodeResult refusal)
    {
        json.Enter();
        bool first = true;
        while (json.NextItem(ref first))
        {
            if (json.Peek() != '{')
            {
                refusal = json.Skip() ? NativeFaults.NoObject() : refusal;
                return false;
            }

            if (!ReadObject(ref json, payload, context, into, ref refusal))
            {
                return false;
            }
        }

        return !json.Failed;
    }

    private bool ReadObject(ref JsonScanner json, ReadOnlySpan<byte> payload, in DecodeContext context, ReadingBuffer into, ref DecodeResult refusal)
    {
        json.Enter();
        int start = into.Count;
        var measuredAt = context.ReceivedAt;
        bool hasTime = false;
        bool hasValues = false;
        bool isStampedLate = false;
        uint sequence = 0;
        bool first = true;
        Span<byte> unescaped = stackalloc byte[16];
        while (json.NextMember(ref first, out var name, out bool escaped))
        {
            if (escaped)
            {
                name = JsonText.Unescape(name, unescaped);
            }

            bool read;
            if (name.SequenceEqual("v"u8))
            {
                hasValues = true;
                read = ReadValues(ref json, payload, new Reading(measuredAt, 0, sequence, default, Quality.Good, OriginOf(context, hasTime)), into, ref refusal);
            }
            else if (name.SequenceEqual("ts"u8))
            {
                isStampedLate |= hasValues;
                read = ReadTime(ref json, payload, ref measuredAt, ref hasTime, ref refusal);
            }
            else if (name.SequenceEqual("seq"u8))
            {
                isStampedLate |= hasValues;
                read = ReadSequence(ref json, ref sequence, ref refusal);
            }
            else
            {
                read = json.Skip();
            }

            if (!read)
            {
                return false;
            }
        }

        if (json.Failed)
        {
            return false;
        }

        if (!hasValues)
        {
            refusal = NativeFaults.NoV();
            return false;
        }

        var origin = OriginOf(context, hasTime);
        if (isStampedLate || origin != ReadingOrigin.None)
        {
            into.Stamp(start, measuredAt, sequence, origin);
        }

        return true;
    }

    private bool ReadValues(ref JsonScanner json, ReadOnlySpan<byte> payload, in Reading stamp, ReadingBuffer into, ref DecodeResult refusal)
    {
        if (json.Peek() != '{')
        {
            refusal = json.Skip() ? NativeFaults.WrongV() : refusal;
            return false;
        }

        json.Enter();
        bool first = true;
        while (json.NextMember(ref first, out var name, out bool escaped))
        {
            if (!measurands.TryFind(name, out var id) && !(escaped && TryFindEscaped(name, out id)))
            {
                refusal = _faults.UnknownMeasurand(name);
                return false;
            }

            double value = 0;
            var quality = Quality.Good;
            byte b = json.Peek();
            if (b == '-' || (uint)(b - '0') <= 9)
            {
                if (!json.ReadNumber(out value))
                {
                    return false;
                }
            }
            else if (b == '{')
            {
                if (!ReadQualified(ref json, payload, name, ref value, ref quality, ref refusal))
                {
                    return false;
                }
            }
            else if (b == '[')
            {
                refusal = json.Skip() ? NativeFaults.WrongValue(name) : refusal;
                return false;
            }
            else
            {
                if (!json.ReadScalar(out var slot))
                {
                    return false;
                }

                (value, quality) = Plain(slot);
            }

            if (!double.IsFinite(value))
            {
                (value, quality) = (0, Quality.Bad);
            }

            if (!into.TryAdd(new Reading(stamp.MeasuredAt, value, stamp.Sequence, id, quality, stamp.Origin)))
            {
                refusal = TooManyReadings();
                return false;
            }
        }

        return !json.Failed;
    }

    private static bool ReadQualified(ref JsonScanner json, ReadOnlySpan<byte> payload, scoped ReadOnlySpan<byte> measurand, ref double value, ref Quality quality, ref DecodeResult refusal)
    {
        json.Enter();
        bool hasValue = false;
        var worst = Quality.Good;
        bool first = true;
        while (json.NextMember(ref first, out var name, out _))
        {
            bool isValue = name.SequenceEqual("value"u8);
            if (!isValue && !name.SequenceEqual("quality"u8))
            {
                if (!json.Skip())
                {
                    return false;
                }

                continue;
            }

            if (json.Peek() is (byte)'{' or (byte)'[')
            {
                refusal = json.Skip() ? NativeFaults.WrongValue(measurand) : refusal;
                return false;
            }

            if (!json.ReadScalar(out var slot))
            {
                return false;
            }

            if (isValue)
            {
                hasValue = true;
                (value, quality) = Plain(slot);
            }
            else if (slot.Kind != SlotKind.Text || !TryQuality(payload.Slice(slot.Start, slot.Length), out worst))
            {
                refusal = NativeFaults.UnknownQuality(measurand);
                return false;
            }
        }

        if (json.Failed)
        {
            return false;
        }

        if (!hasValue)
        {
            refusal = NativeFaults.WrongValue(measurand);
            return false;
        }

        quality = quality > worst ? quality : worst;
        return true;
    }

    private static bool ReadTime(ref JsonScanner json, ReadOnlySpan<byte> payload, ref Instant measuredAt, ref bool hasTime, ref DecodeResult refusal)
    {
        if (json.Peek() is (byte)'{' or (byte)'[')
        {
            refusal = json.Skip() ? NativeFaults.WrongTime(default) : refusal;
            return false;
        }

        if (!json.ReadScalar(out var slot))
        {
            return false;
        }

        switch (slot.Kind)
        {
            case SlotKind.Null:
                return true;
            case SlotKind.Number when JsonTime.TryMilliseconds(slot.Number, 1, out measuredAt):
                hasTime = true;
                return true;
            case SlotKind.Text when Instant.TryParse(payload.Slice(slot.Start, slot.Length), out measuredAt):
                hasTime = true;
                return true;
            default:
                refusal = NativeFaults.WrongTime(payload.Slice(slot.Start, slot.Length));
                return false;
        }
    }

    private static bool ReadSequence(ref JsonScanner json, ref uint sequence, ref DecodeResult refusal)
    {
        if (json.Peek() is not ((byte)'{' or (byte)'['))
        {
            if (!json.ReadScalar(out var slot))
            {
                return false;
            }

            if (slot.Kind == SlotKind.Null)
            {
                return true;
            }

            if (slot.Kind == SlotKind.Number && slot.Number is >= 0 and <= uint.MaxValue && Math.Floor(slot.Number) == slot.Number)
            {
                sequence = (uint)slot.Number;
                return true;
            }
        }
        else if (!json.Skip())
        {
            return false;
        }

        refusal = NativeFaults.WrongSequence();
        return false;
    }

    private static (double Value, Quality Quality) Plain(in Slot slot) => slot.Kind switch
    {
        SlotKind.Number => (slot.Number, Quality.Good),
        SlotKind.True => (1, Quality.Good),
        SlotKind.False => (0, Quality.Good),
        _ => (0, Quality.Bad),
    };

    private static bool TryQuality(ReadOnlySpan<byte> text, out Quality quality)
    {
        quality = text.SequenceEqual("bad"u8) ? Quality.Bad
            : text.SequenceEqual("uncertain"u8) ? Quality.Uncertain
            : text.SequenceEqual("estimated"u8) ? Quality.Estimated
            : Quality.Good;
        return quality != Quality.Good || text.SequenceEqual("good"u8);
    }

    private bool TryFindEscaped(ReadOnlySpan<byte> name, out MeasurandId id)
    {
        Span<byte> buffer = stackalloc byte[JsonText.Longest];
        return measurands.TryFind(JsonText.Unescape(name, buffer), out id);
    }
}
