namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>The sun seen from the centre of the Earth at one instant: every intermediate number of the NREL solar position algorithm that does not depend on the place.</summary>
/// <remarks>Source: Reda and Andreas, Solar Position Algorithm for Solar Radiation Applications, NREL/TP-560-34302 (revised 2008), sections 3.1 to 3.10. Angles in degrees.</remarks>
/// <param name="JulianDay">JD, universal time.</param>
/// <param name="JulianEphemerisMillennium">JME.</param>
/// <param name="HeliocentricLongitude">L, [0, 360).</param>
/// <param name="HeliocentricLatitude">B.</param>
/// <param name="RadiusAu">R, distance of Earth and sun in astronomical units.</param>
/// <param name="NutationLongitude">Delta psi.</param>
/// <param name="NutationObliquity">Delta epsilon.</param>
/// <param name="MeanObliquityArcSeconds">Epsilon 0.</param>
/// <param name="Obliquity">Epsilon.</param>
/// <param name="Aberration">Delta tau.</param>
/// <param name="ApparentLongitude">Lambda.</param>
/// <param name="MeanSiderealTime">Nu 0, [0, 360).</param>
/// <param name="SiderealTime">Nu.</param>
/// <param name="RightAscension">Alpha, [0, 360).</param>
/// <param name="Declination">Delta.</param>
/// <param name="EquationOfTimeMinutes">Apparent minus mean solar time, minutes.</param>
internal readonly record struct SolarEphemeris(
    double JulianDay,
    double JulianEphemerisMillennium,
    double HeliocentricLongitude,
    double HeliocentricLatitude,
    double RadiusAu,
    double NutationLongitude,
    double NutationObliquity,
    double MeanObliquityArcSeconds,
    double Obliquity,
    double Aberration,
    double ApparentLongitude,
    double MeanSiderealTime,
    double SiderealTime,
    double RightAscension,
    double Declination,
    double EquationOfTimeMinutes)
{
    private const double J2000 = 2451545.0;

    /// <summary>The sun at an instant, with the delta T of its month.</summary>
    internal static SolarEphemeris At(DateTimeOffset instant) => At(Sun.JulianDay.Of(instant), DeltaT.Seconds(instant));

    /// <summary>The sun at a Julian day of universal time.</summary>
    /// <param name="julianDay">JD, universal time.</param>
    /// <param name="deltaTSeconds">Terrestrial minus universal time.</param>
    internal static SolarEphemeris At(double julianDay, double deltaTSeconds)
    {
        var ephemerisCentury = (julianDay + (deltaTSeconds / 86400.0) - J2000) / 36525.0;
        var millennium = ephemerisCentury / 10.0;

        var longitude = Degrees.Turn(Degrees.FromRadians(Series(millennium,
            EarthPeriodicTerms.L0, EarthPeriodicTerms.L1, EarthPeriodicTerms.L2, EarthPeriodicTerms.L3, EarthPeriodicTerms.L4, EarthPeriodicTerms.L5)));
        var latitude = Degrees.FromRadians(Series(millennium, EarthPeriodicTerms.B0, EarthPeriodicTerms.B1));
        var radius = Series(millennium,
            EarthPeriodicTerms.R0, EarthPeriodicTerms.R1, EarthPeriodicTerms.R2, EarthPeriodicTerms.R3, EarthPeriodicTerms.R4);

        var nutation = Nutation.At(ephemerisCentury);
        var meanObliquity = MeanObliquity(millennium / 10.0);
        var obliquity = (meanObliquity / 3600.0) + nutation.Obliquity;
        var aberration = -20.4898 / (3600.0 * radius);
        var apparentLongitude = Degrees.Turn(longitude + 180.0) + nutation.Longitude + aberration;

        var century = (julianDay - J2000) / 36525.0;
        var meanSidereal = Degrees.Turn(280.46061837 + (360.98564736629 * (julianDay - J2000))
            + (century * century * (0.000387933 - (century / 38710000.0))));
        var sidereal = meanSidereal + (nutation.Longitude * Degrees.Cos(obliquity));

        var beta = -latitude;
        var rightAscension = Degrees.Turn(Degrees.Atan2(
            (Degrees.Sin(apparentLongitude) * Degrees.Cos(obliquity)) - (Degrees.Tan(beta) * Degrees.Sin(obliquity)),
            Degrees.Cos(apparentLongitude)));
        var declination = Degrees.Asin((Degrees.Sin(beta) * Degrees.Cos(obliquity))
            + (Degrees.Cos(beta) * Degrees.Sin(obliquity) * Degrees.Sin(apparentLongitude)));

        var equationOfTime = 4.0 * Degrees.HalfTurn(MeanLongitude(millennium) - 0.0057183 - rightAscension
            + (nutation.Longitude * Degrees.Cos(obliquity)));

        return new SolarEphemeris(julianDay, millennium, longitude, latitude, radius, nutation.Longitude, nutation.Obliquity,
            meanObliquity, obliquity, aberration, apparentLongitude, meanSidereal, sidereal, rightAscension, declination, equationOfTime);
    }

    /// <summary>The sum over the powers of t of the periodic terms, in units (equations 9 to 12).</summary>
    private static double Series(double t, params ReadOnlySpan<double[]> powers)
    {
        var sum = 0.0;
        for (var power = powers.Length - 1; power >= 0; power--)
        {
            var terms = powers[power];
            var inner = 0.0;
            for (var i = 0; i < terms.Length; i += 3)
                inner += terms[i] * Math.Cos(terms[i + 1] + (terms[i + 2] * t));
            sum = (sum * t) + inner;
        }

        return sum / 1e8;
    }

    /// <summary>Epsilon 0 in arc seconds (equation 24); <paramref name="u"/> is the millennium over ten.</summary>
    private static double MeanObliquity(double u) =>
        84381.448 + (u * (-4680.93 + (u * (-1.55 + (u * (1999.25 + (u * (-51.38 + (u * (-249.67
        + (u * (-39.05 + (u * (7.12 + (u * (27.87 + (u * (5.79 + (u * 2.45)))))))))))))))))));

    /// <summary>The sun's mean longitude in degrees (equation A2).</summary>
    private static double MeanLongitude(double t) =>
        280.4664567 + (t * (360007.6982779 + (t * (0.03032028 + (t * ((1.0 / 49931) - (t * ((1.0 / 15300) + (t / 2000000)))))))));
}
