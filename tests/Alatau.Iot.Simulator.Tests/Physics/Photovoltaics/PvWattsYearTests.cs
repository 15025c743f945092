using System.Globalization;
using Alatau.Iot.Simulator.Physics.Photovoltaics;

namespace Alatau.Iot.Simulator.Tests.Physics.Photovoltaics;

/// <summary>A whole year exported by pvwatts.nrel.gov: 4 kW, fixed 20 degrees, Denver, against our formulas hour by hour.</summary>
public sealed class PvWattsYearTests
{
    private const double RatedInputWatts = 4000 / 1.2 / 0.96;

    private sealed record Hour(int Month, int Day, int Clock, double Beam, double Plane, double Cell, double Dc, double Ac);

    [Fact]
    public void AlternatingCurrent_EveryProducingHour_IsWithinTwoMilliwatts()
    {
        var hours = Read();
        var producing = hours.Where(hour => hour.Dc > 0).ToList();
        Assert.Equal(8760, hours.Count);
        Assert.Equal(4301, producing.Count);
        foreach (var hour in producing)
            Assert.Equal(hour.Ac, PvWatts.AlternatingCurrentWatts(hour.Dc, RatedInputWatts), 0.00105);

        var sum = hours.Sum(hour => PvWatts.AlternatingCurrentWatts(hour.Dc, RatedInputWatts));
        Assert.Equal(6_023_671.24, sum, 1.0);
        Assert.Equal(17.2, sum / (4000.0 * 8760) * 100, 0.05);
    }

    [Fact]
    public void AlternatingCurrent_NightHours_AreZero() =>
        Assert.All(Read().Where(hour => hour.Dc == 0), hour => Assert.Equal(0, PvWatts.AlternatingCurrentWatts(hour.Dc, RatedInputWatts)));

    [Fact]
    public void DirectCurrent_DiffuseOnlyHours_IsTheLinearBranch()
    {
        var hours = Read().Where(hour => hour is { Beam: 0, Dc: > 0 }).ToList();
        Assert.Equal(581, hours.Count);
        // The export rounds irradiance to 0.001 W/m2, and the cell temperature to 0.001 K: together at most 0.004 W here.
        foreach (var hour in hours)
            Assert.Equal(hour.Dc, PvWatts.DirectCurrentWatts(hour.Plane, hour.Cell, 4000) * (1 - 0.1408), 4e-3);
    }

    [Fact]
    public void DirectCurrent_WholeYear_IsWithinFourPercent()
    {
        // With beam present the export also holds cover and incidence losses, which plane of array irradiance alone does not know.
        var hours = Read();
        var sum = hours.Sum(hour => PvWatts.DirectCurrentWatts(hour.Plane, hour.Cell, 4000) * (1 - 0.1408));
        Assert.InRange(sum / hours.Sum(hour => hour.Dc), 1.0, 1.04);
    }

    private static List<Hour> Read()
    {
        var hours = new List<Hour>();
        foreach (var line in File.ReadLines(SharedFiles.PathOf("pvwatts_8760_rackmount.csv")).Skip(18))
        {
            var cells = line.Split(',');
            if (!int.TryParse(cells[0], CultureInfo.InvariantCulture, out var month))
                continue;
            double Number(int column) => double.Parse(cells[column], CultureInfo.InvariantCulture);
            hours.Add(new Hour(month, (int)Number(1), (int)Number(2), Number(3), Number(7), Number(8), Number(9), Number(10)));
        }

        return hours;
    }
}
