namespace Alatau.Iot.Simulator.Physics.Loads;

/// <summary>Sorts days into the seasons and day types of standard load profiles.</summary>
/// <remarks>Source: VDEW, Repraesentative Lastprofile (1999): summer 15 May to 14 September, winter 1 November to 20 March; 24 and 31 December count as Saturday unless they are a Sunday; public holidays count as Sunday.</remarks>
internal static class LoadCalendar
{
    /// <summary>Month and day of the fixed public holidays of Kazakhstan; movable ones are left out.</summary>
    internal static readonly IReadOnlySet<(int Month, int Day)> KazakhHolidays = new HashSet<(int, int)>
    {
        (1, 1), (1, 2), (1, 7), (3, 8), (3, 21), (3, 22), (3, 23), (5, 1), (5, 7), (5, 9), (7, 6), (8, 30), (10, 25), (12, 16),
    };

    /// <summary>No public holidays.</summary>
    internal static readonly IReadOnlySet<(int Month, int Day)> NoHolidays = new HashSet<(int, int)>();

    internal static Season SeasonOf(DateOnly date) => ((date.Month * 100) + date.Day) switch
    {
        >= 515 and <= 914 => Season.Summer,
        >= 1101 or <= 320 => Season.Winter,
        _ => Season.Transition,
    };

    internal static DayType DayTypeOf(DateOnly date, IReadOnlySet<(int Month, int Day)> holidays)
    {
        if (date.DayOfWeek == DayOfWeek.Sunday || holidays.Contains((date.Month, date.Day)))
            return DayType.Sunday;
        return date.DayOfWeek == DayOfWeek.Saturday || date is { Month: 12, Day: 24 or 31 } ? DayType.Saturday : DayType.Workday;
    }

    /// <summary>The factor by which a household's level moves through the year; 1.24 in January, 0.81 in June. Source: VDEW (1999), H0 dynamisation.</summary>
    /// <param name="dayOfYear">1 to 366.</param>
    internal static double Dynamisation(int dayOfYear)
    {
        double d = dayOfYear;
        return 1.24 + (d * (2.1e-3 + (d * (-7.02e-5 + (d * (3.2e-7 - (3.92e-10 * d)))))));
    }
}
