namespace Alatau.Iot.Core.Time;

/// <summary>A calendar day of a time zone as a half-open span of instants: 23, 24 or 25 hours.</summary>
public readonly record struct LocalDay(Instant Start, Instant End)
{
    public bool Holds(Instant instant) => instant >= Start && instant < End;

    /// <summary>The day of <paramref name="zone"/> that holds <paramref name="instant"/>. A midnight that the zone skips is replaced by the first instant after it; of one that comes twice the first counts.</summary>
    public static LocalDay Holding(Instant instant, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(instant.ToDateTimeOffset(), zone);
        var date = DateOnly.FromDateTime(local.DateTime);
        var day = new LocalDay(StartOf(date, zone), StartOf(date.AddDays(1), zone));

        // Where the clock goes back across midnight, the hour before it is lived twice, and the second time belongs to the day before.
        if (instant < day.Start)
        {
            return new LocalDay(StartOf(date.AddDays(-1), zone), day.Start);
        }

        return instant >= day.End ? new LocalDay(day.End, StartOf(date.AddDays(2), zone)) : day;
    }

    /// <summary>The first instant of a date.</summary>
    public static Instant StartOf(DateOnly date, TimeZoneInfo zone) => At(date, TimeOnly.MinValue, zone);

    /// <summary>A time of day of a date. One that the zone skips is replaced by the first instant after the gap (to the quarter of an hour); of one that comes twice the first counts.</summary>
    public static Instant At(DateOnly date, TimeOnly time, TimeZoneInfo zone)
    {
        var local = date.ToDateTime(time);
        if (zone.IsInvalidTime(local))
        {
            local = local.AddTicks(-(local.Ticks % TimeSpan.FromMinutes(15).Ticks));
            while (zone.IsInvalidTime(local))
            {
                local = local.AddMinutes(15);
            }
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return Instant.From(new DateTimeOffset(local, offset));
    }
}
