using System.Collections.Frozen;

namespace Alatau.Iot.Core.Measurands;

/// <summary>Units a profile may name and how each becomes the canonical unit of its dimension: <c>canonical = value * scale + offset</c>.</summary>
/// <remarks>Symbols follow UCUM's print form in ASCII; SenML's symbols (RFC 8428 table 12) stand beside them where they differ.</remarks>
public static class UnitTable
{
    private static readonly FrozenDictionary<string, (string Canonical, double Scale, double Offset)> s_units = new Dictionary<string, (string, double, double)>(StringComparer.Ordinal)
    {
        ["W"] = ("W", 1, 0), ["mW"] = ("W", 1e-3, 0), ["kW"] = ("W", 1e3, 0), ["MW"] = ("W", 1e6, 0), ["GW"] = ("W", 1e9, 0),
        ["var"] = ("var", 1, 0), ["kvar"] = ("var", 1e3, 0), ["Mvar"] = ("var", 1e6, 0),
        ["VA"] = ("VA", 1, 0), ["kVA"] = ("VA", 1e3, 0), ["MVA"] = ("VA", 1e6, 0),
        ["V"] = ("V", 1, 0), ["mV"] = ("V", 1e-3, 0), ["kV"] = ("V", 1e3, 0),
        ["A"] = ("A", 1, 0), ["mA"] = ("A", 1e-3, 0), ["kA"] = ("A", 1e3, 0),
        ["Hz"] = ("Hz", 1, 0), ["mHz"] = ("Hz", 1e-3, 0),
        ["Wh"] = ("Wh", 1, 0), ["mWh"] = ("Wh", 1e-3, 0), ["kWh"] = ("Wh", 1e3, 0), ["MWh"] = ("Wh", 1e6, 0), ["GWh"] = ("Wh", 1e9, 0),
        ["Wmin"] = ("Wh", 1.0 / 60, 0), ["Ws"] = ("Wh", 1.0 / 3600, 0), ["J"] = ("Wh", 1.0 / 3600, 0), ["kJ"] = ("Wh", 1.0 / 3.6, 0), ["MJ"] = ("Wh", 1e3 / 3.6, 0), ["GJ"] = ("Wh", 1e6 / 3.6, 0),
        ["W/m2"] = ("W/m2", 1, 0), ["kW/m2"] = ("W/m2", 1e3, 0),
        ["degC"] = ("degC", 1, 0), ["Cel"] = ("degC", 1, 0), ["K"] = ("degC", 1, -273.15), ["degF"] = ("degC", 5.0 / 9, -160.0 / 9),
        ["m/s"] = ("m/s", 1, 0), ["km/h"] = ("m/s", 1 / 3.6, 0),
        ["ppm"] = ("ppm", 1, 0), ["%"] = ("%", 1, 0), ["%RH"] = ("%", 1, 0), ["%EL"] = ("%", 1, 0), ["1"] = ("1", 1, 0),
        ["lx"] = ("lx", 1, 0), ["klx"] = ("lx", 1e3, 0),
        ["m3"] = ("m3", 1, 0), ["l"] = ("m3", 1e-3, 0), ["L"] = ("m3", 1e-3, 0),
        ["m3/h"] = ("m3/h", 1, 0), ["l/s"] = ("m3/h", 3.6, 0), ["l/min"] = ("m3/h", 0.06, 0), ["m3/s"] = ("m3/h", 3600, 0),
        ["hPa"] = ("hPa", 1, 0), ["Pa"] = ("hPa", 1e-2, 0), ["kPa"] = ("hPa", 10, 0), ["bar"] = ("hPa", 1e3, 0), ["mbar"] = ("hPa", 1, 0),
        ["ug/m3"] = ("ug/m3", 1, 0), ["mg/m3"] = ("ug/m3", 1e3, 0),
        ["dBm"] = ("dBm", 1, 0), ["dBW"] = ("dBm", 1, 30), ["dB"] = ("dB", 1, 0), ["s"] = ("s", 1, 0), ["ms"] = ("s", 1e-3, 0), ["min"] = ("s", 60, 0), ["h"] = ("s", 3600, 0),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>All known symbols, sorted; what an error message offers.</summary>
    public static IReadOnlyList<string> Symbols { get; } = [.. s_units.Keys.Order(StringComparer.Ordinal)];

    public static bool IsKnown(string symbol) => s_units.ContainsKey(symbol);

    /// <summary>Finds scale and offset that turn a value in <paramref name="from"/> into one in <paramref name="to"/>.</summary>
    /// <returns>False when either is unknown, they measure different things, or <paramref name="to"/> is not canonical.</returns>
    /// <remarks>A fraction and a percentage convert (1 → 100 %), since devices send either.</remarks>
    public static bool TryConvert(string from, string to, out double scale, out double offset)
    {
        (scale, offset) = (1, 0);
        if (from == to)
        {
            return true;
        }

        if ((from, to) is ("1", "%"))
        {
            scale = 100;
            return true;
        }

        if ((from, to) is ("%", "1"))
        {
            scale = 0.01;
            return true;
        }

        if (!s_units.TryGetValue(from, out var unit) || unit.Canonical != to)
        {
            return false;
        }

        (scale, offset) = (unit.Scale, unit.Offset);
        return true;
    }
}
