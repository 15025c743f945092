using System.Text;
using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Ingest.Decoding.Fields;

/// <summary>Units named in payloads, found without a string.</summary>
internal static class UnitSymbols
{
    // SenML writes a ratio as "/" and a percentage as "/100" (RFC 8428 table 1, RFC 8798 section 3).
    private static readonly string[] s_symbols = [.. UnitTable.Symbols, "/", "/100", "degreesC"];
    private static readonly string[] s_meanings = [.. UnitTable.Symbols, "1", "%", "degC"];
    private static readonly Utf8Index s_index = new(s_symbols.Select(Encoding.UTF8.GetBytes));

    /// <summary>Finds how a value in <paramref name="unit"/> becomes one in <paramref name="canonical"/>.</summary>
    internal static bool TryConvert(ReadOnlySpan<byte> unit, string canonical, out double scale, out double offset)
    {
        (scale, offset) = (1, 0);
        int index = s_index.Find(unit);
        return index >= 0 && UnitTable.TryConvert(s_meanings[index], canonical, out scale, out offset);
    }
}
