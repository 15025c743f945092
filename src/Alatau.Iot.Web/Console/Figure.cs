using System.Globalization;

namespace Alatau.Iot.Web.Console;

/// <summary>A number as an operator reads it: scaled, rounded to what the eye can use, with its unit apart.</summary>
/// <param name="Text">The number; a dash when missing.</param>
/// <param name="Unit">Symbol with its prefix; empty when the number has none.</param>
public readonly record struct Figure(string Text, string Unit)
{
    /// <summary>Between a number and its unit: no line breaks there.</summary>
    private const char NoBreak = '\u00a0';

    private static readonly string[] s_prefixes = ["", "k", "M", "G", "T", "P"];

    public static readonly Figure Missing = new("–", "");

    /// <summary>Scales W, var, VA and Wh by thousands and rounds by the habit of each unit.</summary>
    /// <param name="value">In the canonical unit; null or not finite is missing.</param>
    /// <param name="unit">Canonical unit.</param>
    public static Figure Of(double? value, string unit) => value is not { } number || !double.IsFinite(number)
        ? Missing with { Unit = Symbol(unit) }
        : unit switch
        {
            "W" or "var" or "VA" or "Wh" => Scaled(number, unit),
            "V" => Fixed(number, 1, unit),
            "A" => Fixed(number, Math.Abs(number) < 9.995 ? 2 : 1, unit),
            "Hz" => Fixed(number, 2, unit),
            "1" => Fixed(number, number == Math.Floor(number) ? 0 : 2, ""),
            "%" => Fixed(number, Math.Abs(number) < 9.95 ? 1 : 0, unit),
            "ppm" or "lx" or "W/m2" or "hPa" or "ug/m3" or "dBm" => Fixed(number, 0, Symbol(unit)),
            "m3" or "m3/h" => Fixed(number, Math.Abs(number) < 99.95 ? 2 : 1, Symbol(unit)),
            _ => Fixed(number, 1, Symbol(unit)),
        };

    /// <summary>A count with its thousands apart.</summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202f');

    /// <summary>How long ago, in the largest unit that leaves at least two of it: <c>4 s</c>, <c>3 min</c>, <c>5 h</c>, <c>2 d</c>. The console's module writes the same.</summary>
    public static string Age(TimeSpan age)
    {
        long seconds = Math.Max(0, (long)age.TotalSeconds);
        return seconds switch
        {
            < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds}{NoBreak}s"),
            < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}{NoBreak}min"),
            < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600}{NoBreak}h"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400}{NoBreak}d"),
        };
    }

    public static string Symbol(string unit) => unit switch
    {
        "degC" => "°C",
        "W/m2" => "W/m²",
        "m3" => "m³",
        "m3/h" => "m³/h",
        "ug/m3" => "µg/m³",
        "1" => "",
        _ => unit,
    };

    public override string ToString() => Unit.Length == 0 ? Text : Text + NoBreak + Unit;

    private static Figure Scaled(double number, string unit)
    {
        int power = 0;
        double scaled = number;
        while (Math.Abs(scaled) >= 999.5 && power < s_prefixes.Length - 1)
        {
            scaled /= 1000;
            power++;
        }

        int decimals = power == 0 ? 0 : Math.Abs(scaled) switch
        {
            < 9.995 => 2,
            < 99.95 => 1,
            _ => 0,
        };
        return Fixed(scaled, decimals, s_prefixes[power] + unit);
    }

    private static Figure Fixed(double number, int decimals, string unit)
    {
        string text = number.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        bool isZero = text.AsSpan().Trim("-0.").IsEmpty;
        return new Figure(isZero ? text.TrimStart('-') : text.Replace('-', '\u2212'), unit);
    }
}
