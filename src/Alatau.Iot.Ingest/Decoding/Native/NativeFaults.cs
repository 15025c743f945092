using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Native;

/// <summary>Sentences about native payloads that can't be taken; built only when one fails.</summary>
internal sealed class NativeFaults(MeasurandCatalog measurands)
{
    private readonly Lazy<string[]> _names = new(() => [.. measurands.All.Select(m => m.BaseName).Distinct(StringComparer.Ordinal)]);

    internal DecodeResult UnknownMeasurand(ReadOnlySpan<byte> raw)
    {
        string name = JsonText.Show(raw);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        string bare = dot > 0 ? name[..dot] : name;
        string closest = ClosestName.Of(bare, _names.Value);
        string cure = closest == bare
            ? $"Its suffix must be one of .l1 .l2 .l3 .n .1 to .8, or none"
            : $"Did you mean '{closest}'? A profile may declare further measurands";
        return Wrong($"v.{name}: no measurand of this name is known. {cure}.");
    }

    internal static DecodeResult WrongValue(ReadOnlySpan<byte> measurand) =>
        Wrong($"v.{JsonText.Show(measurand)}: must be a number or {{\"value\": number, \"quality\": text}}. A list of measurements is a list of whole objects.");

    internal static DecodeResult UnknownQuality(ReadOnlySpan<byte> measurand) =>
        Wrong($"v.{JsonText.Show(measurand)}.quality: not known. Write good, estimated, uncertain or bad.");

    internal static DecodeResult WrongTime(ReadOnlySpan<byte> text) =>
        Wrong($"ts: {(text.IsEmpty ? "this" : $"'{JsonText.Show(text)}'")} is no time. Write Unix milliseconds as a number or RFC 3339 with Z or an offset, or leave ts out.");

    internal static DecodeResult WrongSequence() => Wrong("seq: must be a whole number from 0 to 4294967295. Correct it or leave seq out.");

    internal static DecodeResult NoV() => Wrong("v: missing. Write the values as \"v\": {\"activePower\": 1234.5}.");

    internal static DecodeResult WrongV() => Wrong("v: must be an object of measurands and values. Write \"v\": {\"activePower\": 1234.5}.");

    internal static DecodeResult NoObject() =>
        Wrong("The payload must be an object or a list of objects. Write {\"ts\": …, \"v\": {\"activePower\": 1234.5}}.");

    internal static DecodeResult NoValue() =>
        DecodeResult.Quarantine(QuarantineReason.NothingMapped, "The payload holds no value. Write at least one measurand into v.");

    private static DecodeResult Wrong(string detail) => DecodeResult.Quarantine(QuarantineReason.WrongField, detail);
}
