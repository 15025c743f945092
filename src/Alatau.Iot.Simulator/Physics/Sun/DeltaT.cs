namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>Terrestrial time minus universal time, in seconds.</summary>
/// <remarks>
/// Source: Espenak and Meeus, polynomial expressions for delta T (NASA eclipse web site, deltatpoly), years 1900 to 2150.
/// Outside that span the long-term parabola is used; the sun of a telemetry platform never goes there.
/// </remarks>
internal static class DeltaT
{
    /// <summary>Delta T in the middle of a month.</summary>
    internal static double Seconds(int year, int month)
    {
        var y = year + ((month - 0.5) / 12.0);
        return year switch
        {
            >= 1900 and < 1920 => Polynomial(y - 1900, -2.79, 1.494119, -0.0598939, 0.0061966, -0.000197),
            >= 1920 and < 1941 => Polynomial(y - 1920, 21.20, 0.84493, -0.076100, 0.0020936),
            >= 1941 and < 1961 => Polynomial(y - 1950, 29.07, 0.407, -1.0 / 233, 1.0 / 2547),
            >= 1961 and < 1986 => Polynomial(y - 1975, 45.45, 1.067, -1.0 / 260, -1.0 / 718),
            >= 1986 and < 2005 => Polynomial(y - 2000, 63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599),
            >= 2005 and < 2050 => Polynomial(y - 2000, 62.92, 0.32217, 0.005589),
            >= 2050 and < 2150 => LongTerm(y) - (0.5628 * (2150 - y)),
            _ => LongTerm(y),
        };
    }

    /// <summary>Delta T at an instant, one value a month.</summary>
    internal static double Seconds(DateTimeOffset instant)
    {
        var utc = instant.UtcDateTime;
        return Seconds(utc.Year, utc.Month);
    }

    private static double LongTerm(double year)
    {
        var centuries = (year - 1820) / 100;
        return -20 + (32 * centuries * centuries);
    }

    private static double Polynomial(double t, params ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        for (var i = coefficients.Length - 1; i >= 0; i--)
            sum = (sum * t) + coefficients[i];
        return sum;
    }
}
