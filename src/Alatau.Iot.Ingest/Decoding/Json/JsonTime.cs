using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Ingest.Decoding.Json;

/// <summary>Times written as numbers.</summary>
internal static class JsonTime
{
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

    /// <summary>Takes an instant that was read as UTC for a local time of <paramref name="zone"/>. Of the hour that a zone repeats, the second is meant.</summary>
    internal static Instant FromLocal(Instant asIfUtc, TimeZoneInfo zone)
    {
        var local = new DateTime(DateTime.UnixEpoch.Ticks + (asIfUtc.UnixMilliseconds * TimeSpan.TicksPerMillisecond), DateTimeKind.Unspecified);
        return asIfUtc - zone.GetUtcOffset(local);
    }
}
