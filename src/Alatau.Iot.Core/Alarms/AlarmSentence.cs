using System.Globalization;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>Says for people why an alarm made a step.</summary>
internal static class AlarmSentence
{
    public const string RuleGone = "the rule was taken away or watches something else now";

    public static string Silent(Instant last, long milliseconds) => $"nothing measured since {last} ({Span(TimeSpan.FromMilliseconds(milliseconds))})";

    /// <summary>Behind a silence for which no outage was found.</summary>
    public const string NoOutage = "; no outage above it: the device or its connection";

    /// <summary>Behind a silence that no gateway or bridge explains.</summary>
    public const string ConnectionIsThere = "; what it is reached through isn't the cause: the device or its mains";

    /// <summary>Behind a silence that neither explains.</summary>
    public const string NoCauseAbove = "; neither an outage nor what it is reached through is the cause: the device";

    /// <summary>Behind a silence that was announced.</summary>
    public static string SaidGoodbye(Instant at) => $"; it or its gateway said goodbye at {at}";

    public static string StillSilent(string place) => $"the outage at {place} is over and it is still silent: the device, its connection or its own mains";

    public static string StillSilentBehind(string place) => $"{place} is back and it is still silent: the device, its way there or its own mains";

    public static string SpeaksAgain(Instant at) => $"measured again at {at}";

    public static string ShelvedFor(TimeSpan span, string why) => $"shelved for {Span(span)}: {why}";

    public static string ShelvingOver(bool isAbnormal) => isAbnormal ? "the time on the shelf is over and the process is abnormal" : "the time on the shelf is over";

    /// <summary>The store says open, the platform knows nothing of it.</summary>
    public const string Forgotten = "The platform was restarted and what had raised this alarm was lost. If it still holds, it is raised again.";

    /// <summary>A span in its largest whole unit: <c>15 s</c>, <c>5 min</c>, <c>36 h</c>.</summary>
    public static string Span(TimeSpan span)
    {
        var (number, unit) = span.TotalMilliseconds switch
        {
            var ms when ms % 3_600_000 == 0 => (span.TotalHours, "h"),
            var ms when ms % 60_000 == 0 => (span.TotalMinutes, "min"),
            var ms when ms >= 1000 => (span.TotalSeconds, "s"),
            var ms => (ms, "ms"),
        };
        return Quantity(number, unit);
    }

    /// <summary>A number with its unit.</summary>
    public static string Quantity(double value, string unit)
    {
        string number = value.ToString("0.###", CultureInfo.InvariantCulture);
        return unit == "1" ? number : $"{number} {unit}";
    }
}
