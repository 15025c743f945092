using Alatau.Iot.Simulator.Physics.Atmosphere;
using Alatau.Iot.Simulator.Physics.Irradiance;
using Alatau.Iot.Simulator.Physics.Photovoltaics;
using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Tests.Physics.Photovoltaics;

/// <summary>The whole chain from the sun to the inverter at 43.7 N 77.1 E, against numbers computed with PVLIB.</summary>
public sealed class SiteChainTests
{
    private static readonly GeoPoint Place = new(43.7, 77.1, 560);

    [Theory]
    [InlineData("2026-03-20T12:00", 43.81486, 180.32572, -7.49437, 1.3843, 730.0913, 749.2081, 915.3665, 88.6973, 998.7751, 45.8215, 7440.3840)]
    [InlineData("2026-06-21T06:00", 72.84640, 73.64820, -1.71386, 3.3571, 265.1242, 229.3881, 629.9439, 43.5960, 98.7949, 22.5542, 790.8153)]
    [InlineData("2026-06-21T09:00", 40.76493, 105.40395, -1.74119, 1.3191, 769.2965, 760.5907, 887.8189, 88.1612, 733.0877, 38.9526, 5664.6531)]
    [InlineData("2026-06-21T12:00", 20.30290, 184.38414, -1.76851, 1.0658, 966.9964, 972.2242, 926.5032, 103.2833, 1007.1756, 46.0387, 7494.0287)]
    [InlineData("2026-06-21T18:00", 75.12485, 288.43701, -1.82312, 3.8433, 223.9949, 187.8541, 580.4356, 38.8483, 59.0285, 21.5261, 454.6961)]
    [InlineData("2026-09-23T12:00", 43.94333, 185.75134, 7.55786, 1.3873, 728.3903, 735.8757, 900.9024, 87.2020, 980.7697, 45.3560, 7324.8893)]
    [InlineData("2026-12-21T12:00", 67.14423, 182.59770, 2.04197, 2.5610, 366.3755, 356.8081, 769.9384, 57.7542, 710.4821, 38.3682, 5506.4395)]
    [InlineData("2026-12-21T09:00", 77.50319, 140.71150, 2.10385, 4.5326, 180.8900, 155.2415, 552.4549, 35.6984, 372.6424, 29.6340, 3006.5801)]
    public void Chain_ReferenceInstants_AgreesWithTheLibrary(string local, double zenith, double azimuth, double equationOfTime, double airMass,
        double haurwitz, double global, double direct, double diffuse, double plane, double cell, double power)
    {
        var sun = SolarEphemeris.At(JulianDay.Of(new DateTimeOffset(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(5))), 69.2);
        var pressure = AirPressure.PascalsAt(560);
        var position = SolarPosition.Of(sun, Place, pressure, 12);
        Assert.Equal(94776.122, pressure, 1e-3);
        Assert.Equal(zenith, position.ApparentZenith, 1e-5);
        Assert.Equal(azimuth, position.Azimuth, 1e-5);
        Assert.Equal(equationOfTime, sun.EquationOfTimeMinutes, 1e-5);

        var relative = AirMass.Relative(position.ApparentZenith);
        Assert.Equal(airMass, relative, 1e-4);
        Assert.Equal(haurwitz, HaurwitzClearSky.GlobalHorizontal(position.ApparentZenith), 1e-3);

        var sky = IneichenClearSky.At(position.ApparentZenith, AirMass.Absolute(relative, pressure), 3, 560,
            Extraterrestrial.WattsPerSquareMetre(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture).DayOfYear));
        Assert.Equal(global, sky.GlobalHorizontal, 1e-3);
        Assert.Equal(direct, sky.DirectNormal, 1e-3);
        Assert.Equal(diffuse, sky.DiffuseHorizontal, 1e-3);

        var south = new PanelPlane(35, 180);
        var poa = (sky.DirectNormal * Math.Max(0, Transposition.CosIncidence(south, position.ApparentZenith, position.Azimuth)))
            + Transposition.IsotropicSky(35, sky.DiffuseHorizontal) + Transposition.Ground(35, sky.GlobalHorizontal, 0.2);
        Assert.Equal(plane, poa, 2e-3);

        var temperature = CellTemperature.Faiman(poa, 20, 2);
        Assert.Equal(cell, temperature, 1e-3);

        var dc = PvWatts.DirectCurrentWatts(poa, temperature, 10000) * (1 - (new PvLosses().TotalPercent / 100));
        Assert.Equal(power, PvWatts.AlternatingCurrentWatts(dc, 10000 / 1.2 / 0.96), 0.05);
    }
}
