using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms.Assessment;

/// <summary>What an alarm system asks of its operators within a span, against the published targets.</summary>
/// <param name="From">Start of the span that was judged.</param>
/// <param name="To">Its end.</param>
/// <param name="Operators">People among whom the alarms are divided.</param>
public sealed record AlarmQuality(Instant From, Instant To, int Operators)
{
    /// <summary>Calls: alarms raised, raised again or grown more severe.</summary>
    public int Calls { get; init; }

    /// <summary>Calls in the ten minutes before <see cref="To"/>.</summary>
    public int CurrentRate { get; init; }

    /// <summary>Most calls in any ten minutes.</summary>
    public int MaximumRate { get; init; }

    /// <summary>Calls in ten minutes on average, for one operator.</summary>
    public double AverageRate { get; init; }

    /// <summary>Share of ten-minute periods with more than ten calls, 0 to 1.</summary>
    public double BusyShare { get; init; }

    public IReadOnlyList<AlarmFlood> Floods { get; init; } = [];

    /// <summary>Share of time in flood, 0 to 1.</summary>
    public double FloodShare { get; init; }

    /// <summary>The ten alarms that called most often, the worst first.</summary>
    public IReadOnlyList<AlarmTally> TopTen { get; init; } = [];

    /// <summary>Share of the ten in all calls, 0 to 1.</summary>
    public double TopTenShare { get; init; }

    /// <summary>Alarms that chattered, and how many of their calls did.</summary>
    public IReadOnlyList<AlarmTally> Chattering { get; init; } = [];

    /// <summary>Alarms that were active for an instant only, and how often.</summary>
    public IReadOnlyList<AlarmTally> Fleeting { get; init; } = [];

    /// <summary>Alarms active for more than a day at <see cref="To"/>, the oldest first.</summary>
    public IReadOnlyList<StaleAlarm> Stale { get; init; } = [];

    /// <summary>Most stale alarms at a time.</summary>
    public int MaximumStale { get; init; }

    /// <summary>Calls by severity.</summary>
    public IReadOnlyDictionary<AlarmSeverity, int> Severities { get; init; } = new Dictionary<AlarmSeverity, int>();

    /// <summary>Longest time an alarm was active.</summary>
    public TimeSpan LongestActive { get; init; }

    /// <summary>Longest time an alarm waited for its acknowledgement.</summary>
    public TimeSpan LongestUnacknowledged { get; init; }

    /// <summary>The figures with their targets and verdicts.</summary>
    public IReadOnlyList<AlarmFigure> Figures => AlarmFigures.Of(this);

    /// <summary>Share of a severity in all calls, 0 to 1; 0 without any.</summary>
    public double ShareOf(AlarmSeverity severity) => Calls == 0 ? 0 : Severities.GetValueOrDefault(severity) / (double)Calls;

    /// <summary>Judges steps in any order; those at or after <paramref name="to"/> don't count.</summary>
    /// <param name="marks">Steps; those before <paramref name="from"/> are taken to know what was active then.</param>
    public static AlarmQuality Of(IEnumerable<AlarmMoment> marks, Instant from, Instant to, int operators) => new AlarmReckoning(from, to, operators).Of(marks);
}

/// <summary>A time in which more alarms came than anybody can handle.</summary>
/// <param name="From">When more than ten calls had come within ten minutes.</param>
/// <param name="To">When fewer than five were left in ten minutes, or the end of the span.</param>
/// <param name="Calls">Calls from the ten minutes before its start to its end.</param>
/// <param name="Peak">Most calls in ten minutes.</param>
/// <param name="IsOver">Whether it ended within the span.</param>
public sealed record AlarmFlood(Instant From, Instant To, int Calls, int Peak, bool IsOver);

/// <summary>How often something happened to one alarm.</summary>
public sealed record AlarmTally(AssetId Asset, string Rule, int Count);

/// <summary>An alarm that has been active for long.</summary>
public sealed record StaleAlarm(AssetId Asset, string Rule, Instant Since);
