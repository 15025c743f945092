using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Tests.Physics.Sun;

public sealed class JulianDayTests
{
    [Theory]
    [InlineData(2000, 1, 1.5, 2451545.0)]
    [InlineData(1999, 1, 1.0, 2451179.5)]
    [InlineData(1987, 1, 27.0, 2446822.5)]
    [InlineData(1988, 6, 19.5, 2447332.0)]
    [InlineData(1900, 1, 1.0, 2415020.5)]
    [InlineData(1600, 12, 31.0, 2305812.5)]
    [InlineData(837, 4, 10.3, 2026871.8)]
    [InlineData(-1000, 7, 12.5, 1356001.0)]
    [InlineData(-4712, 1, 1.5, 0.0)]
    public void Of_PublishedDates_GivesTheTable(int year, int month, double day, double expected) =>
        Assert.Equal(expected, JulianDay.Of(year, month, day), 1e-6);

    [Fact]
    public void Of_Instant_AgreesWithTheCalendar() =>
        Assert.Equal(JulianDay.Of(2026, 11, 22.25), JulianDay.Of(new DateTimeOffset(2026, 11, 22, 11, 0, 0, TimeSpan.FromHours(5))), 1e-9);

    [Fact]
    public void Seconds_February1985_GivesThePublishedDeltaT() => Assert.Equal(54.413442486, DeltaT.Seconds(1985, 2), 1e-8);

    [Theory]
    [InlineData(1919, 1920)]
    [InlineData(1940, 1941)]
    [InlineData(1960, 1961)]
    [InlineData(1985, 1986)]
    [InlineData(2004, 2005)]
    [InlineData(2049, 2050)]
    public void Seconds_AcrossAPieceBoundary_IsContinuous(int before, int after) =>
        Assert.InRange(Math.Abs(DeltaT.Seconds(after, 1) - DeltaT.Seconds(before, 12)), 0, 0.35);
}
