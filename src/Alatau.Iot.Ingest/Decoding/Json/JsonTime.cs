using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Times written as numbers.</summary>
internal static class JsonTime
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    /// <summary>Reads a count of units since 1970, cut to milliseconds toward the past.</summary>
    /// <param name="number">The count.</param>
    /// <param name="unitMilliseconds">Milliseconds in one unit.</param>
    /// <param name="instant">The instant.</param>
    /// <returns>False when it is beyond the years 1 to 9999 or not finite.</returns>
    internal static bool TryMilliseconds(double number, double unitMilliseconds, out Instant instant)
    {
        // A stamp such as 1707326927.12 s becomes 1707326927119.9999 ms: a millionth of a millisecond is put back before the cut.
        double milliseconds = Math.Floor((number * unitMilliseconds) + (unitMilliseconds == 1 ? 0 : 0.0005));
        bool plausible = milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999;
        instant = new Instant(plausible ? (long)milliseconds : 0);
        return plausible;
    }

    /// <summary>Takes an instant that was read as UTC for a local time of <paramref name="zone"/>.</summary>
    /// <param name="asIfUtc">The local time, read as if it were UTC.</param>
    /// <param name="zone">Whose local time.</param>
    /// <param name="arrival">Of an hour that comes twice, the one nearer to it is meant. A time that the zone leaps over counts from before the leap.</param>
    internal static Instant FromLocal(Instant asIfUtc, TimeZoneInfo zone, Instant arrival)
    {
        var before = OffsetAt(asIfUtc - s_day, zone);
        var after = OffsetAt(asIfUtc + s_day, zone);
        var early = asIfUtc - before;
        if (before == after)
        {
            return early;
        }

        var late = asIfUtc - after;
        bool isEarly = OffsetAt(early, zone) == before;
        bool isLate = OffsetAt(late, zone) == after;
        if (isEarly && isLate)
        {
            return (early - arrival).Duration() <= (late - arrival).Duration() ? early : late;
        }

        return isLate ? late : early;
    }

    private static TimeSpan OffsetAt(Instant instant, TimeZoneInfo zone)
    {
        long ticks = DateTime.UnixEpoch.Ticks + (instant.UnixMilliseconds * TimeSpan.TicksPerMillisecond);
        return zone.GetUtcOffset(new DateTime(Math.Clamp(ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Utc));
    }
}
