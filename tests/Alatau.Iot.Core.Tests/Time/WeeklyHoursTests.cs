using System.Collections.Frozen;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Tests.Time;

public sealed class WeeklyHoursTests
{
    private static readonly FrozenSet<DayOfWeek> s_everyDay = Enum.GetValues<DayOfWeek>().ToFrozenSet();

    private static Instant At(string text) => Instant.From(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));

    private static WeeklyHours Hours(string zone, string from, string to, params DayOfWeek[] days) =>
        new(TimeZoneInfo.FindSystemTimeZoneById(zone), [new WeeklyStretch(days.Length == 0 ? s_everyDay : days.ToFrozenSet(), TimeOnly.Parse(from, null), TimeOnly.Parse(to, null))]);

    [Theory]
    [InlineData("2026-11-22T21:59:59+05:00", false)]
    [InlineData("2026-11-22T22:00:00+05:00", true)]
    [InlineData("2026-11-23T05:59:59+05:00", true)]
    [InlineData("2026-11-23T06:00:00+05:00", false)]
    public void Holds_OverMidnight_IsHalfOpen(string at, bool holds) => Assert.Equal(holds, Hours("Asia/Almaty", "22:00", "06:00").Holds(At(at)));

    [Fact]
    public void EndOf_NightInWhichTheClockGoesForwardOrBack_IsTheWrittenTimeOfTheZone()
    {
        var berlin = Hours("Europe/Berlin", "22:00", "06:00");
        Assert.Equal(At("2026-03-29T06:00:00+02:00"), berlin.EndOf(At("2026-03-28T23:00:00+01:00")));
        Assert.Equal(At("2026-10-25T06:00:00+01:00"), berlin.EndOf(At("2026-10-24T23:00:00+02:00")));

        // Almaty's night of 25 hours' day: UTC+6 until 29 February 2024, 24:00.
        Assert.Equal(At("2024-03-01T06:00:00+05:00"), Hours("Asia/Almaty", "22:00", "06:00").EndOf(At("2024-02-29T23:00:00+06:00")));
    }

    [Fact]
    public void EndOf_TimeInsideTheHourThatComesTwice_IsOnePieceWithoutFlicker()
    {
        var hours = Hours("Europe/Berlin", "22:00", "02:30");
        var end = hours.EndOf(At("2026-10-24T23:00:00+02:00"));
        Assert.Equal(At("2026-10-25T02:30:00+02:00"), end);
        Assert.False(hours.Holds(At("2026-10-25T02:15:00+01:00")));
    }

    [Fact]
    public void EndOf_TimeThatTheZoneSkips_IsTheEndOfTheGap() =>
        Assert.Equal(At("2026-03-29T03:00:00+02:00"), Hours("Europe/Berlin", "22:00", "02:30").EndOf(At("2026-03-28T23:00:00+01:00")));

    [Fact]
    public void NextStart_WeekdaysOnly_SkipsTheWeekend()
    {
        var work = Hours("Asia/Almaty", "08:00", "20:00", DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday);
        Assert.Equal(At("2026-11-23T08:00:00+05:00"), work.NextStart(At("2026-11-20T20:00:00+05:00")));
        Assert.Equal(At("2026-11-23T09:00:00+05:00"), work.NextStart(At("2026-11-23T09:00:00+05:00")));
    }

    [Fact]
    public void EndOf_EveryDayAllDay_IsNever() => Assert.Equal(Instant.MaxValue, Hours("Asia/Almaty", "00:00", "00:00").EndOf(At("2026-11-22T05:00:00Z")));
}
