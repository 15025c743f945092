using System.Globalization;
using Alatau.Iot.Simulator.Physics.Loads;

namespace Alatau.Iot.Simulator.Tests.Physics.Loads;

public sealed class LoadShapeTests
{
    [Theory]
    [InlineData(1, 1.24203)]
    [InlineData(15, 1.256765)]
    [InlineData(79, 1.110286)]
    [InlineData(172, 0.809623)]
    [InlineData(266, 0.891766)]
    [InlineData(355, 1.229123)]
    [InlineData(365, 1.257216)]
    public void Dynamisation_ReferenceDays_GivesTheFactor(int day, double expected) =>
        Assert.Equal(expected, LoadCalendar.Dynamisation(day), 1e-6);

    [Theory]
    [InlineData(LoadProfile.H0, "Winter", 67.6, 121.6, 125.4, 184.7, 188.9, 38.3, 2.5559)]
    [InlineData(LoadProfile.H0, "Summer", 86.3, 123.5, 151.5, 157.9, 170.6, 46.5, 2.8140)]
    [InlineData(LoadProfile.G0, "Winter", 65.5, 97.6, 233.0, 131.3, 240.4, 47.7, 3.2068)]
    public void Day_PublishedWorkdays_GivesTheTable(LoadProfile profile, string season, double midnight, double seven, double noon, double evening, double maximum, double minimum, double kilowattHours)
    {
        var day = LoadShape.Of(profile).Day(Enum.Parse<Season>(season), DayType.Workday).ToArray();
        Assert.Equal(midnight, day[0], 1e-9);
        Assert.Equal(seven, day[28], 1e-9);
        Assert.Equal(noon, day[48], 1e-9);
        Assert.Equal(evening, day[76], 1e-9);
        Assert.Equal(maximum, day.Max(), 1e-9);
        Assert.Equal(minimum, day.Min(), 1e-9);
        Assert.Equal(kilowattHours, day.Sum() / 4000, 5e-5);
    }

    [Theory]
    [InlineData("2026-05-14", "Transition")]
    [InlineData("2026-05-15", "Summer")]
    [InlineData("2026-09-14", "Summer")]
    [InlineData("2026-09-15", "Transition")]
    [InlineData("2026-10-31", "Transition")]
    [InlineData("2026-11-01", "Winter")]
    [InlineData("2026-03-20", "Winter")]
    [InlineData("2026-03-21", "Transition")]
    public void SeasonOf_BoundaryDays_IsThePublishedOne(string date, string season) =>
        Assert.Equal(Enum.Parse<Season>(season), LoadCalendar.SeasonOf(DateOnly.Parse(date, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("2026-12-24", "Saturday")]
    [InlineData("2023-12-24", "Sunday")]
    [InlineData("2026-12-31", "Saturday")]
    [InlineData("2026-11-23", "Workday")]
    [InlineData("2026-03-08", "Sunday")]
    [InlineData("2026-12-16", "Sunday")]
    public void DayTypeOf_SpecialDays_IsThePublishedOne(string date, string dayType) =>
        Assert.Equal(Enum.Parse<DayType>(dayType), LoadCalendar.DayTypeOf(DateOnly.Parse(date, CultureInfo.InvariantCulture), LoadCalendar.KazakhHolidays));

    [Theory]
    [InlineData(LoadProfile.H0, 997.417)]
    [InlineData(LoadProfile.G0, 1017.654)]
    public void Day_WholeYear2023_SumsToTheReference(LoadProfile profile, double kilowattHours) =>
        Assert.Equal(kilowattHours, Year(2023, profile), 1e-3);

    [Theory]
    [InlineData(LoadProfile.H0, 3000, 0.050657, 0.045591, 0.041125, 0.037408, 0.034650)]
    [InlineData(LoadProfile.G0, 5000, 0.080084, 0.076466, 0.072897, 0.069671, 0.067030)]
    public void Day_NormalisedTo2020_AgreesWithThePublishedLibrary(LoadProfile profile, double annual, double a, double b, double c, double d, double e)
    {
        // The library normalises the static shape to the year and counts 1 January 2020, a Wednesday, as a workday.
        var sum = 0.0;
        for (var date = new DateOnly(2020, 1, 1); date.Year == 2020; date = date.AddDays(1))
            sum += LoadShape.Of(profile).Day(LoadCalendar.SeasonOf(date), PlainDayType(date)).ToArray().Sum() / 4000;
        var first = LoadShape.Of(profile).Day(Season.Winter, DayType.Workday);
        double[] expected = [a, b, c, d, e];
        for (var i = 0; i < expected.Length; i++)
            Assert.InRange(first[i] / 4000 * annual / sum / expected[i], 0.997, 1.003);
    }

    [Fact]
    public void Shapes_AgreeWithThePublishedFile()
    {
        var rows = 0;
        foreach (var line in File.ReadLines(SharedFiles.PathOf("bdew_slp_1999.csv")).Skip(1))
        {
            var cells = line.Split(',');
            if (!Enum.TryParse<LoadProfile>(cells[0], out var profile))
                continue;
            var quarter = (int)(TimeOnly.Parse(cells[3], CultureInfo.InvariantCulture).ToTimeSpan().TotalMinutes / 15);
            var day = LoadShape.Of(profile).Day(Enum.Parse<Season>(cells[1], ignoreCase: true), Enum.Parse<DayType>(cells[2], ignoreCase: true));
            Assert.Equal(double.Parse(cells[4], CultureInfo.InvariantCulture), day[quarter]);
            rows++;
        }

        Assert.Equal(6 * 9 * 96, rows);
    }

    private static DayType PlainDayType(DateOnly date) => date.DayOfWeek switch
    {
        DayOfWeek.Saturday => DayType.Saturday,
        DayOfWeek.Sunday => DayType.Sunday,
        _ => DayType.Workday,
    };

    private static double Year(int year, LoadProfile profile)
    {
        var sum = 0.0;
        for (var date = new DateOnly(year, 1, 1); date.Year == year; date = date.AddDays(1))
            sum += LoadShape.Of(profile).Day(date, LoadCalendar.NoHolidays).Sum() / 4000;
        return sum;
    }
}
