using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Tests.Physics.Sun;

/// <summary>The worked example of Reda and Andreas, NREL/TP-560-34302, to the digits it prints.</summary>
public sealed class SolarEphemerisTests
{
    private static readonly DateTimeOffset Example = new(2003, 10, 17, 12, 30, 30, TimeSpan.FromHours(-7));
    private static readonly GeoPoint Golden = new(39.742476, -105.1786, 1830.14);
    private static readonly SolarEphemeris Sun = SolarEphemeris.At(JulianDay.Of(Example), 67);

    [Fact]
    public void At_WorkedExample_GivesEveryIntermediateNumber()
    {
        Near(2452930.312847, Sun.JulianDay, 5e-7);
        Near(0.003792781991685, Sun.JulianEphemerisMillennium, 1e-12);
        Near(24.0182616917, Sun.HeliocentricLongitude, 1e-8);
        Near(-0.0001011219, Sun.HeliocentricLatitude, 1e-9);
        Near(0.9965422974, Sun.RadiusAu, 1e-9);
        Near(-0.00399840, Sun.NutationLongitude, 5e-8);
        Near(0.00166657, Sun.NutationObliquity, 5e-8);
        Near(84379.672625, Sun.MeanObliquityArcSeconds, 1e-6);
        Near(23.440465, Sun.Obliquity, 5e-7);
        Near(-0.005711, Sun.Aberration, 5e-7);
        Near(204.0085519281, Sun.ApparentLongitude, 1e-8);
        Near(318.515579, Sun.MeanSiderealTime, 1.5e-6);
        Near(318.511910, Sun.SiderealTime, 1.5e-6);
        Near(202.227408, Sun.RightAscension, 5e-7);
        Near(-9.31434, Sun.Declination, 5e-6);
        Near(14.641511, Sun.EquationOfTimeMinutes, 1e-5);
    }

    [Fact]
    public void Arguments_WorkedExample_GivesTheFiveAngles()
    {
        var (x0, x1, x2, x3, x4) = Nutation.Arguments(Sun.JulianEphemerisMillennium * 10);
        Near(17185.861179, x0, 1e-6);
        Near(1722.893218, x1, 1e-6);
        Near(18234.075703, x2, 1e-6);
        Near(18420.071012, x3, 1e-6);
        Near(51.686951, x4, 1e-6);
    }

    [Fact]
    public void Of_WorkedExample_GivesThePlaceInTheSky()
    {
        var position = SolarPosition.Of(Sun, Golden, 82000, 11);
        Near(11.10590, position.HourAngle, 5e-6);
        Near(-9.316179, position.TopocentricDeclination, 5e-7);
        Near(11.10627, position.TopocentricHourAngle, 5e-6);
        Near(39.872046, position.Elevation, 5e-7);
        Near(0.016332, position.ApparentElevation - position.Elevation, 5e-7);
        Near(39.888378, position.ApparentElevation, 5e-7);
        Near(50.127954, position.Zenith, 5e-7);
        Near(50.111622, position.ApparentZenith, 5e-7);
        Near(194.340241, position.Azimuth, 5e-7);
        Near(14.340241, position.Azimuth - 180, 5e-7);
    }

    [Fact]
    public void Of_NextDay_GivesThePublishedPlace()
    {
        var position = SolarPosition.Of(SolarEphemeris.At(Example.AddDays(1)), Golden, 82000, 11);
        Near(39.505196, position.Elevation, 1e-6);
        Near(50.478260, position.ApparentZenith, 1e-6);
        Near(39.521740, position.ApparentElevation, 1e-6);
        Near(194.311132, position.Azimuth, 1e-6);
    }

    [Fact]
    public void Of_HigherPressure_BendsTheLightMore()
    {
        var position = SolarPosition.Of(Sun, Golden, 90000, 11);
        Near(39.88997, position.ApparentElevation, 5e-6);
        Near(50.11003, position.ApparentZenith, 5e-6);
    }

    [Fact]
    public void Refraction_DiscBelowTheHorizon_IsZero()
    {
        Assert.Equal(0, SolarPosition.Refraction(-0.84, 101325, 10));
        Assert.True(SolarPosition.Refraction(-0.83, 101325, 10) > 0.4);
    }

    [Theory]
    [InlineData(2015, 1, 2, 0.983289204601)]
    [InlineData(2015, 8, 2, 1.01486146446)]
    public void At_MidnightInGolden_GivesTheDistanceOfTheSun(int year, int month, int day, double radius)
    {
        // The published distances were computed with a delta T of 64 s.
        var sun = SolarEphemeris.At(JulianDay.Of(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.FromHours(-7))), 64);
        Near(radius, sun.RadiusAu, 1e-9);
    }

    private static void Near(double expected, double actual, double tolerance) => Assert.Equal(expected, actual, tolerance);
}
