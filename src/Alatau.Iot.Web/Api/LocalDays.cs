using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Api;

/// <summary>Local calendar days and months as spans of instants. A day runs from local midnight to the next, whatever the clocks did between; a month from the first day's midnight to that of the next month.</summary>
internal static class LocalDays
{
    private static readonly DateOnly s_latest = new(9999, 12, 1);

    /// <summary>The local days that overlap a half-open span, oldest first, at most <paramref name="limit"/>.</summary>
    internal static List<(Instant Start, Instant End)> DaysHolding(Instant from, Instant to, TimeZoneInfo zone, int limit)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from.ToDateTimeOffset(), zone).DateTime);
        return Holding(date, static d => d.AddDays(1), to, zone, limit);
    }

    /// <summary>The local calendar months that overlap a half-open span, oldest first, at most <paramref name="limit"/>.</summary>
    internal static List<(Instant Start, Instant End)> MonthsHolding(Instant from, Instant to, TimeZoneInfo zone, int limit)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from.ToDateTimeOffset(), zone).DateTime);
        return Holding(new DateOnly(date.Year, date.Month, 1), static d => d.AddMonths(1), to, zone, limit);
    }

    private static List<(Instant Start, Instant End)> Holding(DateOnly date, Func<DateOnly, DateOnly> following, Instant to, TimeZoneInfo zone, int limit)
    {
        var spans = new List<(Instant Start, Instant End)>();
        var start = LocalDay.StartOf(date, zone);
        while (start < to && spans.Count < limit && date < s_latest)
        {
            date = following(date);
            var end = LocalDay.StartOf(date, zone);
            spans.Add((start, end));
            start = end;
        }

        return spans;
    }
}
