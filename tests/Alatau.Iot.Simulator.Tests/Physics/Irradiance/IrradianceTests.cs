using Alatau.Iot.Simulator.Physics.Atmosphere;
using Alatau.Iot.Simulator.Physics.Irradiance;

namespace Alatau.Iot.Simulator.Tests.Physics.Irradiance;

public sealed class IrradianceTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, 0)]
    [InlineData(30, 180, 30, 180, 0)]
    [InlineData(30, 180, 150, 0, 180)]
    [InlineData(90, 0, 30, 60, 75.5224878)]
    [InlineData(90, 0, 30, 170, 119.4987042)]
    public void Incidence_PublishedPlanes_GivesTheAngle(double tilt, double azimuth, double zenith, double sunAzimuth, double expected) =>
        Assert.Equal(expected, Transposition.Incidence(new PanelPlane(tilt, azimuth), zenith, sunAzimuth), 2e-6);

    [Fact]
    public void IsotropicSky_At40Degrees_GivesThePublishedShare() => Assert.Equal(88.30222215594891, Transposition.IsotropicSky(40, 100), 1e-10);

    [Fact]
    public void Ground_At40Degrees_GivesThePublishedShare() => Assert.Equal(26.32000014911496, Transposition.Ground(40, 900, 0.25), 1e-10);

    [Theory]
    [InlineData(124.0390863, 352.69550699, 0, 0, 0)]
    [InlineData(82.85457044, 66.71410338, 316.1949056, 40.46149818, 27.1775)]
    [InlineData(10.56413562, 144.76567754, 939.95469881, 118.45831879, 102.9949)]
    [InlineData(72.41687122, 287.04104128, 646.22886049, 62.03376265, 33.1909)]
    public void HayDavies_PublishedRows_GivesTheSky(double zenith, double sunAzimuth, double direct, double diffuse, double expected) =>
        Assert.Equal(expected, Transposition.HayDaviesSky(new PanelPlane(40, 180), diffuse, direct, 1321.16558, zenith, sunAzimuth), 1e-4);

    [Theory]
    [InlineData(50, 85, 1, 96.719, 41.570, 0.405724)]
    [InlineData(1000, 10, 1, 794.206, 217.860, 0.718133)]
    [InlineData(1000, 10, 171, 842.002, 170.790, 0.768214)]
    public void Erbs_PublishedRows_GivesBeamSkyAndClearness(double global, double zenith, int dayOfYear, double direct, double diffuse, double clearness)
    {
        var extraterrestrial = Extraterrestrial.WattsPerSquareMetre(dayOfYear);
        var sky = ErbsDecomposition.Split(global, zenith, extraterrestrial);
        Assert.Equal(direct, sky.DirectNormal, 5e-3);
        Assert.Equal(diffuse, sky.DiffuseHorizontal, 5e-3);
        Assert.Equal(clearness, ErbsDecomposition.ClearnessIndex(global, zenith, extraterrestrial), 1e-5);
    }

    [Theory]
    [InlineData(22.5, 0.99588039)]
    [InlineData(45, 0.97928932)]
    [InlineData(67.5, 0.9193437)]
    [InlineData(90, 0)]
    public void Ashrae_PublishedAngles_GivesTheModifier(double incidence, double expected) =>
        Assert.Equal(expected, IncidenceModifier.Ashrae(incidence), 1e-7);

    [Fact]
    public void MartinRuiz_At45Degrees_GivesThePublishedModifier() => Assert.Equal(0.98986965, IncidenceModifier.MartinRuiz(45), 1e-7);
}
