using Alatau.Iot.Simulator.Physics.Photovoltaics;

namespace Alatau.Iot.Simulator.Tests.Physics.Photovoltaics;

public sealed class PhotovoltaicsTests
{
    [Fact]
    public void DirectCurrent_PublishedPoint_GivesThePower() => Assert.Equal(88.65, PvWatts.DirectCurrentWatts(900, 30, 100, -0.003), 1e-9);

    [Fact]
    public void TotalPercent_Defaults_GivesThePublishedLoss() => Assert.Equal(14.075660688264469, new PvLosses().TotalPercent, 1e-12);

    [Fact]
    public void TotalPercent_OneYearOld_GivesThePublishedLoss() => Assert.Equal(14.934904, new PvLosses { Age = 1 }.TotalPercent, 1e-6);

    [Theory]
    [InlineData(90, 100, 0.95, 85.58556604752516, 1e-10)]
    [InlineData(50, 100, 0.95, 47.60843624, 1e-8)]
    [InlineData(100, 100, 0.95, 95, 1e-8)]
    [InlineData(0, 100, 0.95, 0, 0)]
    [InlineData(1e-9, 100, 0.95, 0, 0)]
    [InlineData(-5, 100, 0.95, 0, 0)]
    [InlineData(50, 1000, 0.96, 43.183065, 1e-6)]
    [InlineData(100, 1000, 0.96, 92.162789, 1e-6)]
    [InlineData(200, 1000, 0.96, 189.880170, 1e-6)]
    [InlineData(300, 1000, 0.96, 287.274795, 1e-6)]
    [InlineData(500, 1000, 0.96, 481.095777, 1e-6)]
    [InlineData(750, 1000, 0.96, 721.556501, 1e-6)]
    [InlineData(1000, 1000, 0.96, 960, 1e-6)]
    [InlineData(2000, 1000, 0.96, 960, 1e-6)]
    public void AlternatingCurrent_PublishedPoints_GivesThePower(double input, double rated, double efficiency, double expected, double tolerance) =>
        Assert.Equal(expected, PvWatts.AlternatingCurrentWatts(input, rated, efficiency), tolerance);

    [Theory]
    [InlineData(900, 20, 5, 25, 6.84, 35.203)]
    [InlineData(900, 20, 5, 22, 6, 37.308)]
    [InlineData(500, 10, 5, 25, 6.84, 18.446)]
    public void Faiman_PublishedPoints_GivesTheTemperature(double irradiance, double ambient, double wind, double u0, double u1, double expected) =>
        Assert.Equal(expected, CellTemperature.Faiman(irradiance, ambient, wind, u0, u1), 1e-3);

    [Theory]
    [InlineData(29, 0, 45.137)]
    [InlineData(23.5, 6.25, 33.315)]
    public void Pvsyst_PublishedPoints_GivesTheTemperature(double uc, double uv, double expected) =>
        Assert.Equal(expected, CellTemperature.Pvsyst(900, 20, 5, uc, uv), 1e-3);

    [Theory]
    [InlineData(900, 20, 5, 43.509, 40.809, 1e-3)]
    [InlineData(500, 10, 5, 23.06066166, 21.56066166, 1e-7)]
    public void Sapm_OpenRack_GivesCellAndModule(double irradiance, double ambient, double wind, double cell, double module, double tolerance)
    {
        var actual = CellTemperature.Sapm(irradiance, ambient, wind, SapmMounting.OpenRackGlassGlass);
        Assert.Equal(cell, actual.Cell, tolerance);
        Assert.Equal(module, actual.Module, tolerance);
    }

    [Fact]
    public void Ross_PublishedPoint_GivesTheTemperature() => Assert.Equal(67.5, CellTemperature.Ross(1000, 30, 50), 1e-9);
}
