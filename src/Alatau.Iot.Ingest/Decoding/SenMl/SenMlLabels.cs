using System.Globalization;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>Labels of RFC 8428 table 2.</summary>
internal enum SenMlLabel : byte
{
    Unknown,

    /// <summary>Known and of no use here: bs, s, ut, vd.</summary>
    Passed,
    BaseName,
    BaseTime,
    BaseUnit,
    BaseValue,
    BaseVersion,
    Name,
    Unit,
    Value,
    TextValue,
    FlagValue,
    Time,
}

/// <summary>Finds labels and puts their values into a record.</summary>
internal static class SenMlLabels
{
    internal static SenMlLabel Of(ReadOnlySpan<byte> label) => label switch
    {
        [(byte)'n'] => SenMlLabel.Name,
        [(byte)'u'] => SenMlLabel.Unit,
        [(byte)'v'] => SenMlLabel.Value,
        [(byte)'t'] => SenMlLabel.Time,
        [(byte)'s'] => SenMlLabel.Passed,
        [(byte)'b', (byte)'n'] => SenMlLabel.BaseName,
        [(byte)'b', (byte)'t'] => SenMlLabel.BaseTime,
        [(byte)'b', (byte)'u'] => SenMlLabel.BaseUnit,
        [(byte)'b', (byte)'v'] => SenMlLabel.BaseValue,
        [(byte)'v', (byte)'s'] => SenMlLabel.TextValue,
        [(byte)'v', (byte)'b'] => SenMlLabel.FlagValue,
        [(byte)'b', (byte)'s'] or [(byte)'u', (byte)'t'] or [(byte)'v', (byte)'d'] => SenMlLabel.Passed,
        _ => label.SequenceEqual("bver"u8) ? SenMlLabel.BaseVersion : SenMlLabel.Unknown,
    };

    /// <summary>Labels of CBOR: RFC 8428 table 4.</summary>
    internal static SenMlLabel Of(long label) => label switch
    {
        -1 => SenMlLabel.BaseVersion,
        -2 => SenMlLabel.BaseName,
        -3 => SenMlLabel.BaseTime,
        -4 => SenMlLabel.BaseUnit,
        -5 => SenMlLabel.BaseValue,
        -6 or 5 or 7 or 8 => SenMlLabel.Passed,
        0 => SenMlLabel.Name,
        1 => SenMlLabel.Unit,
        2 => SenMlLabel.Value,
        3 => SenMlLabel.TextValue,
        4 => SenMlLabel.FlagValue,
        6 => SenMlLabel.Time,
        _ => SenMlLabel.Unknown,
    };

    /// <summary>Puts a value into the record. False when it has the wrong type, or <paramref name="refusal"/> says why.</summary>
    internal static bool Put(ref SenMlRecord record, SenMlLabel label, in Slot slot, ReadOnlySpan<byte> payload, ref DecodeResult refusal)
    {
        bool isNumber = slot.Kind == SlotKind.Number && double.IsFinite(slot.Number);
        bool isText = slot.Kind == SlotKind.Text;
        var text = isText ? payload.Slice(slot.Start, slot.Length) : default;
        switch (label)
        {
            case SenMlLabel.BaseName:
                record.BaseName = text;
                return isText;
            case SenMlLabel.BaseTime:
                record.BaseTime = slot.Number;
                return isNumber;
            case SenMlLabel.BaseUnit:
                record.BaseUnit = text;
                return isText;
            case SenMlLabel.BaseValue:
                record.BaseValue = slot.Number;
                return isNumber;
            case SenMlLabel.BaseVersion when isNumber && slot.Number > SenMlResolver.Version:
                refusal = DecodeResult.Quarantine(
                    QuarantineReason.UnsupportedVersion,
                    string.Create(CultureInfo.InvariantCulture, $"bver {slot.Number}: the decoder understands SenML up to version {SenMlResolver.Version}. Let the device send that version, or update the platform."));
                return false;
            case SenMlLabel.BaseVersion:
                return isNumber && slot.Number > 0 && Math.Floor(slot.Number) == slot.Number;
            case SenMlLabel.Name:
                record.Name = text;
                return isText;
            case SenMlLabel.Unit:
                record.Unit = text;
                return isText;
            case SenMlLabel.Time:
                record.Time = slot.Number;
                return isNumber;
            case SenMlLabel.Value:
                (record.Number, record.Value) = (slot.Number, SenMlValue.Number);
                return slot.Kind == SlotKind.Number;
            case SenMlLabel.TextValue:
                (record.TextStart, record.TextLength, record.Value) = (slot.Start, slot.Length, SenMlValue.Text);
                return isText;
            default:
                record.Value = slot.Kind == SlotKind.True ? SenMlValue.True : SenMlValue.False;
                return slot.Kind is SlotKind.True or SlotKind.False;
        }
    }
}
