namespace Alatau.Iot.Core.Windows;

/// <summary>Lengths and short names of the window spans.</summary>
public static class WindowSpans
{
    /// <summary>Number of spans kept for every measurand.</summary>
    public const int Count = 3;

    public static ReadOnlySpan<WindowSpan> All => [WindowSpan.OneMinute, WindowSpan.QuarterHour, WindowSpan.OneHour];

    /// <summary>Length in milliseconds.</summary>
    public static long Milliseconds(this WindowSpan span) => span switch
    {
        WindowSpan.OneMinute => 60_000,
        WindowSpan.QuarterHour => 900_000,
        _ => 3_600_000,
    };

    /// <summary>The name used in the API, the topic of a query and the InfluxDB tag: <c>1m</c>, <c>15m</c>, <c>1h</c>.</summary>
    public static string ShortName(this WindowSpan span) => span switch
    {
        WindowSpan.OneMinute => "1m",
        WindowSpan.QuarterHour => "15m",
        _ => "1h",
    };

    public static bool TryParse(string? name, out WindowSpan span)
    {
        (bool known, span) = name switch
        {
            "1m" => (true, WindowSpan.OneMinute),
            "15m" => (true, WindowSpan.QuarterHour),
            "1h" => (true, WindowSpan.OneHour),
            _ => (false, default),
        };
        return known;
    }
}
