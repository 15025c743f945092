using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>What a person may write as a unit, for messages about it.</summary>
internal static class Units
{
    private static readonly Dictionary<string, string> s_canonicalOf = BuildCanonical();

    /// <summary>Units that a measurand may have.</summary>
    internal static IReadOnlyList<string> Canonical { get; } = [.. s_canonicalOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    internal static bool IsCanonical(string symbol) => s_canonicalOf.TryGetValue(symbol, out string? canonical) && canonical == symbol;

    /// <summary>Symbols that can become <paramref name="canonical"/>, for an offer.</summary>
    internal static string Offer(string canonical) => string.Join(", ", UnitTable.Symbols.Where(s => UnitTable.TryConvert(s, canonical, out _, out _)));

    // The table answers only conversions; the canonical unit of a symbol is the one it converts to and that converts to nothing else.
    private static Dictionary<string, string> BuildCanonical()
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string symbol in UnitTable.Symbols)
        {
            string? other = UnitTable.Symbols.FirstOrDefault(s => s != symbol && (symbol, s) is not ("1", "%") and not ("%", "1") && UnitTable.TryConvert(symbol, s, out _, out _));
            result[symbol] = other ?? symbol;
        }

        return result;
    }
}
