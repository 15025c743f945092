namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>Where the sun stands for an observer. Angles in degrees.</summary>
/// <remarks>Source: Reda and Andreas, NREL/TP-560-34302, sections 3.11 to 3.16.</remarks>
/// <param name="HourAngle">H, westward from south, [0, 360).</param>
/// <param name="TopocentricDeclination">Delta prime.</param>
/// <param name="TopocentricHourAngle">H prime.</param>
/// <param name="Elevation">e0, without refraction.</param>
/// <param name="ApparentElevation">e, with refraction.</param>
/// <param name="Azimuth">Phi, from north, eastward, [0, 360).</param>
internal readonly record struct SolarPosition(
    double HourAngle,
    double TopocentricDeclination,
    double TopocentricHourAngle,
    double Elevation,
    double ApparentElevation,
    double Azimuth)
{
    /// <summary>Refraction at sunrise and sunset that the source suggests, degrees.</summary>
    internal const double HorizonRefraction = 0.5667;

    private const double SunRadius = 0.26667;

    /// <summary>The angle from the vertical, without refraction.</summary>
    internal double Zenith => 90.0 - Elevation;

    /// <summary>The angle from the vertical, with refraction.</summary>
    internal double ApparentZenith => 90.0 - ApparentElevation;

    /// <summary>The sun's place for an observer.</summary>
    /// <param name="sun">The sun at the instant.</param>
    /// <param name="place">The observer.</param>
    /// <param name="pressurePascals">Air pressure, for the refraction.</param>
    /// <param name="temperatureCelsius">Air temperature, for the refraction.</param>
    internal static SolarPosition Of(in SolarEphemeris sun, GeoPoint place, double pressurePascals, double temperatureCelsius)
    {
        var hourAngle = Degrees.Turn(sun.SiderealTime + place.Longitude - sun.RightAscension);
        var parallax = 8.794 / (3600.0 * sun.RadiusAu);
        var u = Math.Atan(0.99664719 * Degrees.Tan(place.Latitude));
        var x = Math.Cos(u) + (place.AltitudeMetres / 6378140.0 * Degrees.Cos(place.Latitude));
        var y = (0.99664719 * Math.Sin(u)) + (place.AltitudeMetres / 6378140.0 * Degrees.Sin(place.Latitude));

        var sinParallax = Degrees.Sin(parallax);
        var across = Degrees.Cos(sun.Declination) - (x * sinParallax * Degrees.Cos(hourAngle));
        var rightAscensionShift = Degrees.Atan2(-x * sinParallax * Degrees.Sin(hourAngle), across);
        var declination = Degrees.Atan2((Degrees.Sin(sun.Declination) - (y * sinParallax)) * Degrees.Cos(rightAscensionShift), across);
        var topocentricHourAngle = hourAngle - rightAscensionShift;

        var elevation = Degrees.Asin((Degrees.Sin(place.Latitude) * Degrees.Sin(declination))
            + (Degrees.Cos(place.Latitude) * Degrees.Cos(declination) * Degrees.Cos(topocentricHourAngle)));
        var azimuth = Degrees.Turn(180.0 + Degrees.Atan2(
            Degrees.Sin(topocentricHourAngle),
            (Degrees.Cos(topocentricHourAngle) * Degrees.Sin(place.Latitude)) - (Degrees.Tan(declination) * Degrees.Cos(place.Latitude))));

        return new SolarPosition(hourAngle, declination, topocentricHourAngle, elevation,
            elevation + Refraction(elevation, pressurePascals, temperatureCelsius), azimuth);
    }

    /// <summary>How much the air lifts the sun, degrees (equation 42); 0 when the whole disc is below the horizon.</summary>
    internal static double Refraction(double elevation, double pressurePascals, double temperatureCelsius) =>
        elevation < -(SunRadius + HorizonRefraction)
            ? 0.0
            : pressurePascals / 101000.0 * (283.0 / (273.0 + temperatureCelsius)) * 1.02
                / (60.0 * Degrees.Tan(elevation + (10.3 / (elevation + 5.11))));
}
