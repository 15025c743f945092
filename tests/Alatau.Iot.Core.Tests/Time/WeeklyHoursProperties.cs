using System.Collections.Frozen;
using Alatau.Iot.Core.Time;
using FsCheck;
using FsCheck.Fluent;

namespace Alatau.Iot.Core.Tests.Time;

public sealed class WeeklyHoursProperties
{
    private static readonly string[] s_zones = ["Asia/Almaty", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "UTC"];

    /// <summary>Zone, from, to in minutes, days as bits, and a minute of the years 2015 to 2026.</summary>
    private static Gen<(string Zone, int From, int To, int Days, int Minute)> Cases() =>
        from zone in Gen.Elements(s_zones)
        from start in Gen.Choose(0, 1439)
        from end in Gen.Choose(0, 1439)
        from days in Gen.Choose(1, 127)
        from minute in Gen.Choose(0, 12 * 366 * 1440)
        select (zone, start, end, days, minute);

    [Fact]
    public void Quiet_AnyZoneAndMinute_EndsOnceAndIsOnePiece() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(400).WithQuietOnSuccess(true), Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        var days = Enum.GetValues<DayOfWeek>().Where(d => (c.Days >> (int)d & 1) == 1).ToFrozenSet();
        var hours = new WeeklyHours(TimeZoneInfo.FindSystemTimeZoneById(c.Zone), [new WeeklyStretch(days, TimeOnly.MinValue.AddMinutes(c.From), TimeOnly.MinValue.AddMinutes(c.To))]);
        var at = new Instant(1_420_070_400_000 + (c.Minute * 60_000L));
        var end = hours.EndOf(at);
        if (!hours.Holds(at))
        {
            Assert.Equal(at, end);
            var next = hours.NextStart(at);
            Assert.True(next > at && hours.Holds(next) && !hours.Holds(new Instant(next.UnixMilliseconds - 1)), $"{hours} {at}: starts {next}");
            return;
        }

        Assert.Equal(at, hours.NextStart(at));
        if (end == Instant.MaxValue)
        {
            Assert.True(c.From == c.To && days.Count == 7, $"{hours} {at} never ends");
            return;
        }

        Assert.False(hours.Holds(end), $"{hours} {at}: {end} is held still");
        for (long minute = at.UnixMilliseconds; minute < Math.Min(end.UnixMilliseconds, at.UnixMilliseconds + (26 * 3_600_000L)); minute += 17 * 60_000)
        {
            Assert.True(hours.Holds(new Instant(minute)), $"{hours} {at}: {new Instant(minute)} is free before {end}");
        }
    }));
}
