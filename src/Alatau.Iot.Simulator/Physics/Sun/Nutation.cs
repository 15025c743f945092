namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>The nodding of the Earth's axis: the shift in longitude and in obliquity, degrees.</summary>
/// <remarks>Source: Reda and Andreas, NREL/TP-560-34302, equations 15 to 23.</remarks>
internal readonly record struct Nutation(double Longitude, double Obliquity)
{
    /// <summary>The mean elongation of the moon, the mean anomalies of sun and moon, the moon's argument of latitude and its ascending node, X0 to X4 in degrees.</summary>
    internal static (double X0, double X1, double X2, double X3, double X4) Arguments(double ephemerisCentury)
    {
        var t = ephemerisCentury;
        return (
            297.85036 + (t * (445267.111480 + (t * (-0.0019142 + (t / 189474))))),
            357.52772 + (t * (35999.050340 + (t * (-0.0001603 - (t / 300000))))),
            134.96298 + (t * (477198.867398 + (t * (0.0086972 + (t / 56250))))),
            93.27191 + (t * (483202.017538 + (t * (-0.0036825 + (t / 327270))))),
            125.04452 + (t * (-1934.136261 + (t * (0.0020708 + (t / 450000))))));
    }

    /// <summary>The nutation at a Julian ephemeris century.</summary>
    internal static Nutation At(double ephemerisCentury)
    {
        var (x0, x1, x2, x3, x4) = Arguments(ephemerisCentury);
        var terms = NutationPeriodicTerms.All;
        double longitude = 0, obliquity = 0;
        for (var i = 0; i < terms.Length; i += NutationPeriodicTerms.Stride)
        {
            var argument = (terms[i] * x0) + (terms[i + 1] * x1) + (terms[i + 2] * x2) + (terms[i + 3] * x3) + (terms[i + 4] * x4);
            var (sin, cos) = Math.SinCos(argument * (Math.PI / 180.0));
            longitude += (terms[i + 5] + (terms[i + 6] * ephemerisCentury)) * sin;
            obliquity += (terms[i + 7] + (terms[i + 8] * ephemerisCentury)) * cos;
        }

        return new Nutation(longitude / 36000000.0, obliquity / 36000000.0);
    }
}
