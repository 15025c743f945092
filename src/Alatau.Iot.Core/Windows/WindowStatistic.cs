using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Core.Windows;

/// <summary>One number of a window's summary.</summary>
public enum WindowStatistic : byte
{
    Mean,
    Min,
    Max,
    Last,

    /// <summary>What a counter gained.</summary>
    Delta,

    /// <summary>Readings that went in.</summary>
    Count,

    /// <summary>Received over expected readings, 0 to 1.</summary>
    Completeness,
}

/// <summary>What a statistic is and where it stands.</summary>
public static class WindowStatistics
{
    /// <summary>The number; NaN when the window doesn't know it.</summary>
    public static double Of(this WindowStatistic statistic, in WindowSummary summary) => statistic switch
    {
        WindowStatistic.Mean => summary.Mean,
        WindowStatistic.Min => summary.Minimum,
        WindowStatistic.Max => summary.Maximum,
        WindowStatistic.Last => summary.Last,
        WindowStatistic.Delta => summary.Delta,
        WindowStatistic.Count => summary.Count,
        _ => summary.Completeness,
    };

    /// <summary>Its unit, for windows of <paramref name="measurand"/>.</summary>
    public static string UnitOf(this WindowStatistic statistic, Measurand measurand) => statistic is WindowStatistic.Count or WindowStatistic.Completeness ? "1" : measurand.Unit;
}
