namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>Sunrise, transit and sunset of one day at one place.</summary>
/// <remarks>Source: Reda and Andreas, NREL/TP-560-34302, appendix A.2; the published vectors are met within one second.</remarks>
/// <param name="Sunrise">Null where the sun does not cross the horizon that day.</param>
/// <param name="Transit">The sun's highest place.</param>
/// <param name="Sunset">Null where the sun does not cross the horizon that day.</param>
internal readonly record struct SolarDay(DateTimeOffset? Sunrise, DateTimeOffset Transit, DateTimeOffset? Sunset)
{
    private const double Horizon = -0.8333;

    /// <summary>The day whose noon is that of <paramref name="date"/> at the place's own longitude.</summary>
    /// <param name="date">The local date.</param>
    /// <param name="place">The observer; the altitude is not used.</param>
    /// <param name="deltaTSeconds">Null takes the value of the month.</param>
    internal static SolarDay Of(DateOnly date, GeoPoint place, double? deltaTSeconds = null)
    {
        var deltaT = deltaTSeconds ?? DeltaT.Seconds(date.Year, date.Month);
        var midnight = new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        var julianDay = JulianDay.Of(midnight);
        var sidereal = SolarEphemeris.At(julianDay, deltaT).SiderealTime;

        // Terrestrial midnights of the day before, the day and the day after.
        var terrestrial = julianDay - (deltaT / 86400.0);
        var before = SolarEphemeris.At(terrestrial - 1, deltaT);
        var today = SolarEphemeris.At(terrestrial, deltaT);
        var after = SolarEphemeris.At(terrestrial + 1, deltaT);
        var path = new Path(place, sidereal, deltaT, before, today, after);

        var transit = (today.RightAscension - place.Longitude - sidereal) / 360.0;
        transit -= Math.Floor(transit);
        var transitDays = path.RefineTransit(transit);

        var cos = (Degrees.Sin(Horizon) - (Degrees.Sin(place.Latitude) * Degrees.Sin(today.Declination)))
            / (Degrees.Cos(place.Latitude) * Degrees.Cos(today.Declination));
        if (Math.Abs(cos) > 1)
            return new SolarDay(null, midnight.AddDays(transitDays), null);

        var half = Degrees.Acos(cos) / 360.0;
        return new SolarDay(
            midnight.AddDays(path.RefineHorizon(transit - half)),
            midnight.AddDays(transitDays),
            midnight.AddDays(path.RefineHorizon(transit + half)));
    }

    /// <summary>The sun's path through the day, interpolated from three midnights (equations A6 to A13).</summary>
    private readonly struct Path(GeoPoint place, double sidereal, double deltaT, SolarEphemeris before, SolarEphemeris today, SolarEphemeris after)
    {
        internal double RefineTransit(double fraction) => fraction - (At(fraction).HourAngle / 360.0);

        internal double RefineHorizon(double fraction)
        {
            // The source works with the fraction within the day and puts the whole days back at the end.
            var days = Math.Floor(fraction);
            var within = fraction - days;
            var (hourAngle, declination) = At(within);
            var elevation = Degrees.Asin((Degrees.Sin(place.Latitude) * Degrees.Sin(declination))
                + (Degrees.Cos(place.Latitude) * Degrees.Cos(declination) * Degrees.Cos(hourAngle)));
            return days + within + ((elevation - Horizon)
                / (360.0 * Degrees.Cos(declination) * Degrees.Cos(place.Latitude) * Degrees.Sin(hourAngle)));
        }

        private (double HourAngle, double Declination) At(double fraction)
        {
            var n = fraction + (deltaT / 86400.0);
            var rightAscension = today.RightAscension + Interpolate(n,
                Degrees.HalfTurn(today.RightAscension - before.RightAscension), Degrees.HalfTurn(after.RightAscension - today.RightAscension));
            var declination = today.Declination + Interpolate(n, today.Declination - before.Declination, after.Declination - today.Declination);
            return (Degrees.HalfTurn(sidereal + (360.985647 * fraction) + place.Longitude - rightAscension), declination);
        }

        private static double Interpolate(double n, double behind, double ahead) => n * (behind + ahead + ((ahead - behind) * n)) / 2.0;
    }
}
