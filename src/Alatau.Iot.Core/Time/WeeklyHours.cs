using System.Globalization;

namespace Alatau.Iot.Core.Time;

/// <summary>Hours that come back every week by the clock of a time zone, for example Monday to Friday from 22:00 to 06:00.</summary>
/// <remarks>
/// Each stretch begins at a time of day of one of its days and ends at the next moment of its other time of day: past midnight when that isn't later. Both are turned into instants, so that a stretch
/// is one piece however the clocks change in it: a night may have 7 or 9 hours, a time that a zone skips begins after the gap, and of a time that comes twice the first counts. Half-open.
/// </remarks>
public sealed record WeeklyHours(TimeZoneInfo Zone, IReadOnlyList<WeeklyStretch> Stretches)
{
    /// <summary>Days looked ahead for the next change; a stretch a week apart is found.</summary>
    private const int Horizon = 9;

    /// <summary>Whether the instant is in one of the stretches.</summary>
    public bool Holds(Instant instant) => SpansAround(instant, ahead: 1).Any(s => s.Start <= instant && instant < s.End);

    /// <summary>When the hours that hold <paramref name="instant"/> are over, stretches that touch counted as one; the instant itself when none holds it, <see cref="Instant.MaxValue"/> when they never end.</summary>
    public Instant EndOf(Instant instant)
    {
        var end = instant;
        foreach (var span in SpansAround(instant, Horizon).OrderBy(s => s.Start))
        {
            if (span.Start <= end && span.End > end)
            {
                end = span.End;
            }
        }

        return end - instant > TimeSpan.FromDays(Horizon - 2) ? Instant.MaxValue : end;
    }

    /// <summary>When the next stretch begins; the instant itself when one holds it already, <see cref="Instant.MaxValue"/> when there is none.</summary>
    public Instant NextStart(Instant instant)
    {
        var next = Instant.MaxValue;
        foreach (var span in SpansAround(instant, Horizon))
        {
            if (span.End > instant)
            {
                next = Instant.Min(next, Instant.Max(span.Start, instant));
            }
        }

        return next;
    }

    public override string ToString() => $"{string.Join(" and ", Stretches)} ({Zone.Id})";

    private IEnumerable<(Instant Start, Instant End)> SpansAround(Instant instant, int ahead)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant.ToDateTimeOffset(), Zone).DateTime);
        for (int day = -2; day <= ahead; day++)
        {
            var date = today.AddDays(day);
            foreach (var stretch in Stretches)
            {
                if (stretch.Days.Contains(date.DayOfWeek))
                {
                    var start = LocalDay.At(date, stretch.From, Zone);
                    var end = LocalDay.At(stretch.To > stretch.From ? date : date.AddDays(1), stretch.To, Zone);
                    if (end > start)
                    {
                        yield return (start, end);
                    }
                }
            }
        }
    }
}

/// <summary>One stretch of some days of the week.</summary>
/// <param name="Days">The days it begins on.</param>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive; on the next day when it isn't later than <paramref name="From"/>: equal times are a whole day.</param>
public sealed record WeeklyStretch(IReadOnlySet<DayOfWeek> Days, TimeOnly From, TimeOnly To)
{
    public override string ToString()
    {
        string days = Days.Count == 7 ? "daily" : string.Join(", ", Days.OrderBy(d => ((int)d + 6) % 7).Select(d => d.ToString()[..3].ToLowerInvariant()));
        return string.Create(CultureInfo.InvariantCulture, $"{days} {From:HH\\:mm}-{To:HH\\:mm}");
    }
}
