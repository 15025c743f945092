namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>Days since noon of 1 January 4713 BC (proleptic Julian), the time scale of astronomical algorithms.</summary>
/// <remarks>Source: Reda and Andreas, NREL/TP-560-34302, equation 4 and table A4.1; Meeus, Astronomical Algorithms, chapter 7.</remarks>
internal static class JulianDay
{
    /// <summary>The Julian day of 1970-01-01T00:00:00Z.</summary>
    internal const double OfUnixEpoch = 2440587.5;

    /// <summary>The Julian day of an instant.</summary>
    internal static double Of(DateTimeOffset instant) =>
        (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / (double)TimeSpan.TicksPerDay + OfUnixEpoch;

    /// <summary>The Julian day of a calendar date.</summary>
    /// <param name="year">Astronomical year: 0 is 1 BC.</param>
    /// <param name="month">1 to 12.</param>
    /// <param name="day">Day of the month with its fraction, from 1.0.</param>
    /// <remarks>Dates before 1582-10-15 are read in the Julian calendar, as the source does.</remarks>
    internal static double Of(int year, int month, double day)
    {
        var isGregorian = (year, month, day).CompareTo((1582, 10, 15.0)) >= 0;
        if (month <= 2)
        {
            year--;
            month += 12;
        }

        var century = Math.Floor(year / 100.0);
        var correction = isGregorian ? 2 - century + Math.Floor(century / 4) : 0;
        return Math.Floor(365.25 * (year + 4716)) + Math.Floor(30.6001 * (month + 1)) + day + correction - 1524.5;
    }
}
