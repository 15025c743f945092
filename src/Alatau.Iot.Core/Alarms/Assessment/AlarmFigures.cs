using static Alatau.Iot.Core.Alarms.Assessment.AlarmVerdict;

namespace Alatau.Iot.Core.Alarms.Assessment;

/// <summary>Holds the numbers of an alarm system against the targets.</summary>
internal static class AlarmFigures
{
    private const double Percent = 100;

    public static IReadOnlyList<AlarmFigure> Of(AlarmQuality quality)
    {
        double days = (quality.To - quality.From).TotalDays;
        bool isQuiet = quality.Calls == 0;
        return
        [
            new("base", "Data", days, "d", "30 days or more", days >= AlarmTargets.Base.TotalDays - 0.5 ? Good : Fair, "Days of alarm history that were judged."),
            new("averageRate", "Average rate", quality.AverageRate, "1", "1 in 10 minutes, 2 at most", Rate(quality.AverageRate), "Calls in ten minutes for each operator: alarms raised, raised again or grown more severe."),
            new("maximumRate", "Highest rate", quality.MaximumRate, "1", "10 in 10 minutes", quality.MaximumRate <= AlarmTargets.FloodAbove ? Good : Poor, "Most calls in any ten minutes."),
            new("busyPeriods", "Busy periods", quality.BusyShare * Percent, "%", "less than 1 %", quality.BusyShare < AlarmTargets.FloodShare ? Good : Poor, "Share of ten-minute periods with more than ten calls."),
            new("floods", "Time in flood", quality.FloodShare * Percent, "%", "less than 1 %", quality.FloodShare < AlarmTargets.FloodShare ? Good : Poor, "A flood begins with more than ten calls in ten minutes and ends with fewer than five."),
            new("topTen", "Ten most frequent", quality.TopTenShare * Percent, "%", "1 to 5 %", TopTen(quality), "Share of the ten most frequent alarms in all calls."),
            new("chattering", "Chattering", quality.Chattering.Count, "1", "none", None(quality.Chattering.Count), "Alarms that called three times or more within 60 seconds."),
            new("fleeting", "Fleeting", quality.Fleeting.Count, "1", "none", None(quality.Fleeting.Count), "Alarms that were over in less than 10 seconds."),
            new("stale", "Stale", quality.Stale.Count, "1", "fewer than 5 on any day", quality.MaximumStale < AlarmTargets.StaleFewerThan ? Good : Poor, "Alarms that have been active for more than 24 hours now; the verdict is that of the worst time."),
            new("low", "Low severity", quality.ShareOf(AlarmSeverity.Low) * Percent, "%", "about 80 %", isQuiet ? Unknown : Within(AlarmTargets.LowShare - quality.ShareOf(AlarmSeverity.Low)), "Share of calls of low severity."),
            new("medium", "Medium severity", quality.ShareOf(AlarmSeverity.Medium) * Percent, "%", "about 15 %", isQuiet ? Unknown : Within(quality.ShareOf(AlarmSeverity.Medium) - AlarmTargets.MediumShare), "Share of calls of medium severity."),
            new("high", "High severity", High(quality) * Percent, "%", "about 5 %", isQuiet ? Unknown : Within(High(quality) - AlarmTargets.HighShare), "Share of calls of high or critical severity."),
            new("critical", "Critical severity", quality.ShareOf(AlarmSeverity.Critical) * Percent, "%", "less than 1 %", isQuiet ? Unknown : quality.ShareOf(AlarmSeverity.Critical) < AlarmTargets.CriticalShare ? Good : Fair, "Share of calls of critical severity."),
        ];
    }

    private static AlarmVerdict Rate(double rate) => rate <= AlarmTargets.WellHandled ? Good : rate <= AlarmTargets.StillHandled ? Fair : Poor;

    private static AlarmVerdict None(int count) => count == 0 ? Good : Poor;

    private static AlarmVerdict TopTen(AlarmQuality quality) =>
        quality.Calls < AlarmTargets.FewestForTopTen ? Unknown : quality.TopTenShare <= AlarmTargets.TopTenShare ? Good : Fair;

    private static AlarmVerdict Within(double excess) => excess <= AlarmTargets.ShareTolerance + 1e-9 ? Good : Fair;

    private static double High(AlarmQuality quality) => quality.ShareOf(AlarmSeverity.High) + quality.ShareOf(AlarmSeverity.Critical);
}
