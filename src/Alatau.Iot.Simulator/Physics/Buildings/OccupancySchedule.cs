using Alatau.Iot.Simulator.Physics.Loads;

namespace Alatau.Iot.Simulator.Physics.Buildings;

/// <summary>The share of a building's people that are inside, by the hour.</summary>
/// <remarks>Synthetic schedules of the kind of ISO 17772-1 annex C; corner points joined by straight lines.</remarks>
internal static class OccupancySchedule
{
    private static readonly (double Hour, double Share)[] Empty = [(0, 0), (24, 0)];
    private static readonly (double Hour, double Share)[] Office = [(0, 0), (7.5, 0), (9, 0.85), (12, 0.9), (13, 0.45), (14, 0.9), (17, 0.8), (18.5, 0.15), (20, 0), (24, 0)];
    private static readonly (double Hour, double Share)[] School = [(0, 0), (7.3, 0), (8, 0.95), (13, 0.95), (13.5, 0.6), (14, 0.85), (18, 0.8), (18.7, 0.05), (20, 0), (24, 0)];
    private static readonly (double Hour, double Share)[] Clinic = [(0, 0.2), (6.5, 0.2), (9, 0.9), (13, 0.8), (17, 0.7), (20, 0.3), (24, 0.2)];
    private static readonly (double Hour, double Share)[] Shop = [(0, 0), (8.5, 0), (10, 0.35), (13, 0.6), (17, 0.6), (19, 0.95), (21, 0.3), (21.5, 0), (24, 0)];
    private static readonly (double Hour, double Share)[] Home = [(0, 0.95), (6.5, 0.95), (9, 0.35), (16, 0.4), (19, 0.85), (24, 0.95)];
    private static readonly (double Hour, double Share)[] HomeWeekend = [(0, 0.95), (9, 0.95), (12, 0.6), (17, 0.65), (20, 0.9), (24, 0.95)];

    /// <summary>The share of people inside, 0 to 1.</summary>
    internal static double Share(BuildingUse use, DayType dayType, double hourOfDay)
    {
        var corners = (use, dayType) switch
        {
            (BuildingUse.Home, DayType.Workday) => Home,
            (BuildingUse.Home, _) => HomeWeekend,
            (BuildingUse.Clinic, _) => Clinic,
            (BuildingUse.Shop, _) => Shop,
            (BuildingUse.School, DayType.Workday or DayType.Saturday) => School,
            (BuildingUse.Office, DayType.Workday) => Office,
            _ => Empty,
        };
        for (var i = 1; i < corners.Length; i++)
        {
            if (hourOfDay > corners[i].Hour)
                continue;
            var (fromHour, from) = corners[i - 1];
            var (toHour, to) = corners[i];
            return from + ((to - from) * (hourOfDay - fromHour) / (toHour - fromHour));
        }

        return corners[^1].Share;
    }
}
