using System.Globalization;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Reads numbers by the grammar of RFC 8259 section 6.</summary>
internal static class JsonNumber
{
    /// <summary>Powers of ten that a double holds exactly.</summary>
    private static readonly double[] s_powers =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads the number at the front.</summary>
    /// <returns>Its length in bytes; 0 when none stands there.</returns>
    /// <remarks>
    /// Up to 2^53 with a power of ten up to 22, mantissa and power are exact doubles, so that one multiplication or division rounds once, which is the nearest double
    /// (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990). All others go to the framework's parser, which is exact too.
    /// </remarks>
    internal static int Read(ReadOnlySpan<byte> utf8, out double value)
    {
        value = 0;
        int at = 0;
        bool negative = utf8.Length > 0 && utf8[0] == '-';
        if (negative)
        {
            at++;
        }

        int digitsFrom = at;
        ulong mantissa = 0;
        while ((uint)at < (uint)utf8.Length && (uint)(utf8[at] - '0') <= 9)
        {
            mantissa = (mantissa * 10) + (uint)(utf8[at] - '0');
            at++;
        }

        int digits = at - digitsFrom;
        if (digits == 0 || (digits > 1 && utf8[digitsFrom] == '0'))
        {
            return 0;
        }

        int exponent = 0;
        if ((uint)at < (uint)utf8.Length && utf8[at] == '.')
        {
            int fractionFrom = ++at;
            while ((uint)at < (uint)utf8.Length && (uint)(utf8[at] - '0') <= 9)
            {
                mantissa = (mantissa * 10) + (uint)(utf8[at] - '0');
                at++;
            }

            int fraction = at - fractionFrom;
            if (fraction == 0)
            {
                return 0;
            }

            exponent = -fraction;
            digits += fraction;
        }

        if ((uint)at < (uint)utf8.Length && (utf8[at] | 0x20) == 'e' && !ReadExponent(utf8, ref at, ref exponent))
        {
            return 0;
        }

        // Nineteen digits fit into 64 bits; with more, the mantissa has overflowed.
        if (digits <= 19 && mantissa <= 1UL << 53 && exponent is >= -22 and <= 22)
        {
            value = exponent < 0 ? mantissa / s_powers[-exponent] : mantissa * s_powers[exponent];
            value = negative ? -value : value;
            return at;
        }

        return double.TryParse(utf8[..at], NumberStyles.Float, CultureInfo.InvariantCulture, out value) ? at : 0;
    }

    /// <summary>Whether the whole of <paramref name="utf8"/> is one number.</summary>
    internal static bool TryReadWhole(ReadOnlySpan<byte> utf8, out double value) => Read(utf8, out value) is var used && used > 0 && used == utf8.Length;

    private static bool ReadExponent(ReadOnlySpan<byte> utf8, ref int at, ref int exponent)
    {
        at++;
        bool negative = false;
        if ((uint)at < (uint)utf8.Length && utf8[at] is (byte)'+' or (byte)'-')
        {
            negative = utf8[at] == '-';
            at++;
        }

        int from = at;
        int power = 0;
        while ((uint)at < (uint)utf8.Length && (uint)(utf8[at] - '0') <= 9)
        {
            power = Math.Min((power * 10) + (utf8[at] - '0'), 100_000_000);
            at++;
        }

        exponent += negative ? -power : power;
        return at > from;
    }
}
