using System.Text;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Fields;

/// <summary>How a value of a device becomes one of a measurand: <c>sign * (unit(value * scale + offset))</c>, in the canonical unit.</summary>
internal sealed class FieldRule
{
    /// <summary>What devices write where a value is missing, lower case.</summary>
    private static readonly byte[][] s_absent =
        [.. new[] { "", "nan", "-nan", "null", "none", "unavailable", "unknown", "inf", "-inf", "+inf", "infinity", "-infinity" }.Select(Encoding.ASCII.GetBytes)];

    /// <summary>How the profile calls the field.</summary>
    internal required string Label { get; init; }

    internal required MeasurandId Measurand { get; init; }

    /// <summary>Canonical unit of the measurand.</summary>
    internal required string Unit { get; init; }

    internal double Scale { get; init; } = 1;

    internal double Offset { get; init; }

    internal double UnitScale { get; init; } = 1;

    internal double UnitOffset { get; init; }

    /// <summary>True turns the sign, after everything else.</summary>
    internal bool Invert { get; init; }

    /// <summary>Smallest and largest value of this device, canonical unit, inclusive; one beyond is bad.</summary>
    internal (double Minimum, double Maximum) Range { get; init; } = (double.MinValue, double.MaxValue);

    internal NullMeaning Null { get; init; }

    internal OtherMeaning Other { get; init; }

    /// <summary>Texts that mean a number in the canonical unit; scale and sign don't apply to it.</summary>
    internal (byte[] Text, double Value)[] States { get; init; } = [];

    internal bool Required { get; init; }

    /// <summary>What an absent field means, in the device's unit; null: absent says nothing.</summary>
    internal double? Default { get; init; }

    internal FieldRule For(MeasurandId measurand, string label) => new()
    {
        Label = label,
        Measurand = measurand,
        Unit = Unit,
        Scale = Scale,
        Offset = Offset,
        UnitScale = UnitScale,
        UnitOffset = UnitOffset,
        Invert = Invert,
        Range = Range,
        Null = Null,
        Other = Other,
        States = States,
        Required = Required,
        Default = Default,
    };

    /// <summary>Converts a number with the field's own unit.</summary>
    internal (double Value, Quality Quality) Convert(double number) => Convert(number, UnitScale, UnitOffset);

    /// <summary>Converts a number whose unit the payload named.</summary>
    internal (double Value, Quality Quality) Convert(double number, double unitScale, double unitOffset)
    {
        double value = (((number * Scale) + Offset) * unitScale) + unitOffset;
        value = Invert ? 0 - value : value;
        if (!double.IsFinite(value))
        {
            return (0, Quality.Bad);
        }

        return (value, value >= Range.Minimum && value <= Range.Maximum ? Quality.Good : Quality.Bad);
    }

    /// <summary>Converts any value found in a payload.</summary>
    internal FieldVerdict Convert(in Slot slot, ReadOnlySpan<byte> payload, double unitScale, double unitOffset, out double value, out Quality quality)
    {
        (value, quality) = (0, Quality.Bad);
        switch (slot.Kind)
        {
            case SlotKind.Number:
                (value, quality) = Convert(slot.Number, unitScale, unitOffset);
                return FieldVerdict.Reading;
            case SlotKind.True or SlotKind.False:
                bool isTrue = slot.Kind == SlotKind.True;
                if (!TryState(isTrue ? "true"u8 : "false"u8, out value))
                {
                    value = isTrue ? 1 : 0;
                }

                quality = Quality.Good;
                return FieldVerdict.Reading;
            case SlotKind.Null:
                return OfNull(out quality);
            case SlotKind.Text:
                return OfText(slot, payload, unitScale, unitOffset, out value, out quality);
            default:
                return OfOther();
        }
    }

    private FieldVerdict OfText(in Slot slot, ReadOnlySpan<byte> payload, double unitScale, double unitOffset, out double value, out Quality quality)
    {
        Span<byte> buffer = stackalloc byte[slot.Escaped ? JsonText.Longest : 0];
        scoped ReadOnlySpan<byte> text = payload.Slice(slot.Start, slot.Length);
        text = slot.Escaped ? JsonText.Unescape(text, buffer) : text;
        (value, quality) = (0, Quality.Good);
        if (TryState(text, out value))
        {
            return FieldVerdict.Reading;
        }

        text = text.Trim(" \t\r\n"u8);
        if (TryState(text, out value))
        {
            return FieldVerdict.Reading;
        }

        if (JsonNumber.TryReadWhole(text.Length > 1 && text[0] == '+' && text[1] != '-' ? text[1..] : text, out double number))
        {
            (value, quality) = Convert(number, unitScale, unitOffset);
            return FieldVerdict.Reading;
        }

        quality = Quality.Bad;
        foreach (byte[] word in s_absent)
        {
            if (Ascii.EqualsIgnoreCase(word, text))
            {
                return OfNull(out quality);
            }
        }

        return OfOther();
    }

    private FieldVerdict OfNull(out Quality quality)
    {
        quality = Null == NullMeaning.Zero ? Quality.Good : Quality.Bad;
        return Null == NullMeaning.Ignore ? FieldVerdict.Nothing : FieldVerdict.Reading;
    }

    private FieldVerdict OfOther() => Other switch
    {
        OtherMeaning.Bad => FieldVerdict.Reading,
        OtherMeaning.Ignore => FieldVerdict.Nothing,
        _ => FieldVerdict.Wrong,
    };

    private bool TryState(ReadOnlySpan<byte> text, out double value)
    {
        foreach (var (known, number) in States)
        {
            if (text.SequenceEqual(known))
            {
                value = number;
                return true;
            }
        }

        value = 0;
        return false;
    }
}
