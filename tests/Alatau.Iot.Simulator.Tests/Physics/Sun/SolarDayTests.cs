using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Tests.Physics.Sun;

/// <summary>Sunrise, sunset and transit of the SPA calculator; the tolerance is one second.</summary>
public sealed class SolarDayTests
{
    [Theory]
    [InlineData(39.742476, -105.1786, -7, "2015-01-02", "07:21:55", "16:47:43", "12:04:45")]
    [InlineData(39.742476, -105.1786, -7, "2015-08-02", "05:00:27", "19:13:58", "12:06:58")]
    [InlineData(-35, 0, 0, "1996-07-05", "07:08:15", "17:01:04", "12:04:36")]
    [InlineData(-35, 0, 0, "2004-12-04", "04:38:57", "19:02:03", "11:50:22")]
    [InlineData(35, 0, 0, "1994-01-02", "07:08:12", "16:59:55", null)]
    [InlineData(40, -80, -5, "2000-01-01", "07:41:51", "17:05:04", "12:23:23")]
    [InlineData(43.7, 77.1, 5, "2026-03-20", "05:55:26", "18:03:32", "11:59:06")]
    [InlineData(43.7, 77.1, 5, "2026-06-21", "04:10:05", "19:36:53", "11:53:22")]
    [InlineData(43.7, 77.1, 5, "2026-09-23", "05:39:34", "17:47:47", "11:44:03")]
    [InlineData(43.7, 77.1, 5, "2026-12-21", "07:21:51", "16:17:15", "11:49:33")]
    public void Of_PublishedDays_IsWithinASecond(double latitude, double longitude, int offset, string date, string sunrise, string sunset, string? transit)
    {
        var day = SolarDay.Of(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), new GeoPoint(latitude, longitude, 0));
        Near(sunrise, day.Sunrise!.Value, offset);
        Near(sunset, day.Sunset!.Value, offset);
        if (transit is not null)
            Near(transit, day.Transit, offset);

        void Near(string expected, DateTimeOffset actual, int hours)
        {
            var wanted = new DateTimeOffset(DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(hours));
            Assert.InRange((actual - wanted).TotalSeconds, -1.0, 1.0);
        }
    }

    [Fact]
    public void Of_PolarNight_HasNoSunrise()
    {
        var day = SolarDay.Of(new DateOnly(2026, 12, 21), new GeoPoint(70, 25, 0));
        Assert.Null(day.Sunrise);
        Assert.Null(day.Sunset);
    }
}
