using System.Globalization;

namespace Alatau.Iot.Notifications.Subscriptions;

/// <summary>A span in the words of a file: <c>15m</c>, <c>2h</c>.</summary>
internal static class SpanText
{
    public static string Of(TimeSpan span) => span.TotalMilliseconds switch
    {
        var ms when ms % 86_400_000 == 0 => Text(ms / 86_400_000, "d"),
        var ms when ms % 3_600_000 == 0 => Text(ms / 3_600_000, "h"),
        var ms when ms % 60_000 == 0 => Text(ms / 60_000, "m"),
        var ms when ms % 1000 == 0 => Text(ms / 1000, "s"),
        var ms => Text(ms, "ms"),
    };

    private static string Text(double number, string unit) => number.ToString("0.###", CultureInfo.InvariantCulture) + unit;
}
