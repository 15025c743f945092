using Alatau.Iot.Simulator.Physics.Buildings;
using Alatau.Iot.Simulator.Physics.Loads;
using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Tests.Physics.Buildings;

public sealed class ZoneAirTests
{
    private static readonly OutdoorAir Winter = new(-5, 70, 2, 950);

    [Fact]
    public void Advance_NobodyInside_SettlesAtTheOutdoorLevel()
    {
        var air = new ZoneAir(60);
        air.Advance(28, Winter, 0, TimeSpan.Zero);
        Assert.True(air.Co2Ppm > 1000);
        for (var i = 0; i < 48; i++)
            air.Advance(0, Winter, 0, TimeSpan.FromHours(1));
        Assert.Equal(ZoneAir.OutdoorPpm, air.Co2Ppm, 1.0);
    }

    [Fact]
    public void Advance_PeopleInside_EndsAtTheMassBalance()
    {
        // 28 people, 18 l/h each, into 28 x 25.2 m3/h of fresh air and a quarter of 180 m3 of leak an hour.
        var air = new ZoneAir(60);
        air.Advance(28, Winter, 0, TimeSpan.Zero);
        Assert.Equal(410 + (28 * 0.018 / ((28 * 25.2) + 45) * 1e6), air.Co2Ppm, 1e-6);
    }

    [Fact]
    public void Advance_OneHourInMinutesOrAtOnce_EndsAtTheSamePlace()
    {
        var coarse = new ZoneAir(60);
        var fine = new ZoneAir(60);
        coarse.Advance(0, Winter, 0, TimeSpan.Zero);
        fine.Advance(0, Winter, 0, TimeSpan.Zero);
        coarse.Advance(20, Winter, 0, TimeSpan.FromHours(1));
        for (var i = 0; i < 60; i++)
            fine.Advance(20, Winter, 0, TimeSpan.FromMinutes(1));
        Assert.Equal(coarse.Co2Ppm, fine.Co2Ppm, 1e-6);
        Assert.Equal(coarse.WaterGrams, fine.WaterGrams, 1e-9);
    }

    [Fact]
    public void Advance_ColdAndHotDays_StaysInhabitable()
    {
        foreach (var outdoor in new[] { Winter, new OutdoorAir(35, 25, 2, 950) })
        {
            var air = new ZoneAir(60);
            for (var i = 0; i < 24 * 60; i++)
                air.Advance(i is > 480 and < 1020 ? 28 : 0, outdoor, 300, TimeSpan.FromMinutes(1));
            Assert.InRange(air.Celsius, 15, 30);
            Assert.InRange(air.HumidityPercent, 1, 100);
        }
    }

    [Fact]
    public void Share_SchoolAtNight_IsEmpty()
    {
        Assert.Equal(0, OccupancySchedule.Share(BuildingUse.School, DayType.Workday, 2));
        Assert.True(OccupancySchedule.Share(BuildingUse.School, DayType.Workday, 10) > 0.9);
        Assert.Equal(0, OccupancySchedule.Share(BuildingUse.School, DayType.Sunday, 10));
    }
}
