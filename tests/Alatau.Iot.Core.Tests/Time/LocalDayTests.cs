using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Tests.Time;

public sealed class LocalDayTests
{
    [Theory]
    [InlineData("Asia/Almaty", "2026-11-22T05:00:00Z", "2026-11-21T19:00:00Z", 24)]
    [InlineData("Asia/Almaty", "2026-11-22T18:59:59.999Z", "2026-11-21T19:00:00Z", 24)]
    [InlineData("Asia/Almaty", "2026-11-22T19:00:00Z", "2026-11-22T19:00:00Z", 24)]
    [InlineData("Asia/Almaty", "2024-02-29T12:00:00Z", "2024-02-28T18:00:00Z", 25)]
    [InlineData("Asia/Almaty", "2024-02-29T18:30:00Z", "2024-02-28T18:00:00Z", 25)]
    [InlineData("Asia/Almaty", "2024-02-29T19:00:00Z", "2024-02-29T19:00:00Z", 24)]
    [InlineData("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", 23)]
    [InlineData("Europe/Berlin", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", 25)]
    [InlineData("America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z", 23)]
    [InlineData("UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", 24)]
    public void Holding_DaysOfManyLengths_AreHalfOpenAndWhole(string zone, string instant, string start, int hours)
    {
        Assert.True(Instant.TryParse(instant, out var at));
        Assert.True(Instant.TryParse(start, out var expected));

        var day = LocalDay.Holding(at, TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(expected, day.Start);
        Assert.Equal(TimeSpan.FromHours(hours), day.End - day.Start);
        Assert.True(day.Holds(at));
    }

    [Fact]
    public void Holding_EveryHourOfTwoYears_DaysJoinWithoutGap()
    {
        foreach (string name in (string[])["Asia/Almaty", "Europe/Berlin", "America/Santiago", "America/Havana"])
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
            var at = new Instant(1_704_067_200_000);
            var day = LocalDay.Holding(at, zone);
            for (int hour = 0; hour < 2 * 366 * 24; hour++, at += TimeSpan.FromHours(1))
            {
                var next = LocalDay.Holding(at, zone);
                Assert.True(next.Holds(at), $"{name} {at}");
                Assert.True(next == day || next.Start == day.End, $"{name} {at}");
                day = next;
            }
        }
    }
}
