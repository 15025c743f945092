using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Fields;

/// <summary>A place of the payload that names a field's unit.</summary>
/// <param name="Slot">Where the walk puts it.</param>
/// <param name="Own">The device's own symbols and how each becomes the canonical unit; asked before the common ones.</param>
/// <param name="HasFallback">Whether the field itself names a unit for payloads that don't.</param>
internal sealed record UnitSource(int Slot, (byte[] Symbol, double Scale, double Offset)[] Own, bool HasFallback)
{
    /// <summary>Finds the conversion. False when the unit is absent without fallback, or unknown.</summary>
    internal bool TryFind(in Slot slot, ReadOnlySpan<byte> payload, FieldRule rule, out double scale, out double offset)
    {
        (scale, offset) = (rule.UnitScale, rule.UnitOffset);
        if (slot.Kind is SlotKind.Missing or SlotKind.Null)
        {
            return HasFallback;
        }

        if (slot.Kind != SlotKind.Text)
        {
            return false;
        }

        var symbol = payload.Slice(slot.Start, slot.Length);
        foreach (var own in Own)
        {
            if (symbol.SequenceEqual(own.Symbol))
            {
                (scale, offset) = (own.Scale, own.Offset);
                return true;
            }
        }

        return UnitSymbols.TryConvert(symbol, rule.Unit, out scale, out offset);
    }
}
