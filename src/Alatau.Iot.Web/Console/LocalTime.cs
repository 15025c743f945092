using System.Globalization;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Console;

/// <summary>Instants as an operator reads them: by the clock of the place.</summary>
internal static class LocalTime
{
    private static readonly TimeSpan s_today = TimeSpan.FromHours(20);

    /// <summary>The time alone while it can't be mistaken for another day's, else date and time.</summary>
    public static string Of(Instant at, TimeZoneInfo zone, Instant now) => Text(at, zone, (now - at).Duration() < s_today ? "HH:mm:ss" : "yyyy-MM-dd HH:mm");

    /// <summary>As <see cref="Of"/>, to the minute.</summary>
    public static string Minute(Instant at, TimeZoneInfo zone, Instant now) => Text(at, zone, (now - at).Duration() < s_today ? "HH:mm" : "yyyy-MM-dd HH:mm");

    /// <summary>Date and time.</summary>
    public static string Full(Instant at, TimeZoneInfo zone) => Text(at, zone, "yyyy-MM-dd HH:mm:ss");

    private static string Text(Instant at, TimeZoneInfo zone, string format) => TimeZoneInfo.ConvertTime(at.ToDateTimeOffset(), zone).ToString(format, CultureInfo.InvariantCulture);
}
