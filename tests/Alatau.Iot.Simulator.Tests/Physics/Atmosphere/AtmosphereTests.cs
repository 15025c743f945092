using Alatau.Iot.Simulator.Physics.Atmosphere;

namespace Alatau.Iot.Simulator.Tests.Physics.Atmosphere;

public sealed class AtmosphereTests
{
    [Theory]
    [InlineData(0, 1.000)]
    [InlineData(80, 5.586)]
    [InlineData(89.9, 36.467)]
    public void Relative_PublishedZeniths_GivesTheAirMass(double zenith, double expected) =>
        Assert.Equal(expected, AirMass.Relative(zenith), 1e-3);

    [Fact]
    public void Relative_SunBelowTheHorizon_IsNotANumber() => Assert.True(double.IsNaN(AirMass.Relative(90.01)));

    [Theory]
    [InlineData(40, 35.529)]
    [InlineData(2, 1.776)]
    [InlineData(0.999, 0.887)]
    public void Absolute_At900Hectopascal_IsSmaller(double relative, double expected) =>
        Assert.Equal(expected, AirMass.Absolute(relative, 90000), 1e-3);

    [Theory]
    [InlineData(-100, 102532.073)]
    [InlineData(0, 101324.999)]
    [InlineData(1000, 89874.750)]
    [InlineData(8000, 35600.496)]
    public void PascalsAt_PublishedHeights_GivesThePressure(double altitude, double expected) =>
        Assert.Equal(expected, AirPressure.PascalsAt(altitude), 1e-3);

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(5, 48.6298687941956)]
    [InlineData(10, 135.741748091813)]
    [InlineData(30, 487.894132885425)]
    [InlineData(50, 778.766689344363)]
    [InlineData(90, 1035.09203253450)]
    public void Haurwitz_PublishedElevations_GivesTheIrradiance(double elevation, double expected) =>
        Assert.Equal(expected, HaurwitzClearSky.GlobalHorizontal(90 - elevation), 1e-8);

    [Theory]
    [InlineData(10, 1, 0, 1364, 1038.159219, 942.2081860378344, 110.26529293612793)]
    [InlineData(10, 1, 0, 1370, 1042.72590228, 946.35279683, 110.75033088)]
    [InlineData(10, 1, 2000, 1364, 1134.24312405, 994.95377835, 154.40492924)]
    [InlineData(82.85457044, 6.97935524, 0, 1364, 65.49426624, 321.16092181, 25.54562017)]
    [InlineData(72.41687122, 3.01614096, 0, 1364, 251.99427693, 655.44925241, 53.9901349)]
    [InlineData(46.0467599, 1.32355476, 0, 1364, 704.6968125, 888.90147035, 87.73601277)]
    [InlineData(34.86074109, 1.12008114, 0, 1364, 853.02065704, 922.06124712, 96.42909484)]
    [InlineData(10.56413562, 0.93527685, 0, 1364, 1044.1230677, 953.24925854, 107.03109696)]
    [InlineData(90, 38, 0, 1364, 0, 0, 0)]
    [InlineData(124, double.NaN, 0, 1364, 0, 0, 0)]
    public void Ineichen_PublishedRows_GivesGlobalBeamAndSky(
        double zenith, double airMass, double altitude, double extraterrestrial, double global, double direct, double diffuse)
    {
        var sky = IneichenClearSky.At(zenith, airMass, 3, altitude, extraterrestrial);
        Assert.Equal(global, sky.GlobalHorizontal, 1e-5);
        Assert.Equal(direct, sky.DirectNormal, 1e-5);
        Assert.Equal(diffuse, sky.DiffuseHorizontal, 1e-5);
    }
}
