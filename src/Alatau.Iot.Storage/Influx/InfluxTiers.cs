using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Which database holds what: <c>telemetry</c> the readings, <c>telemetry_1m</c>, <c>telemetry_15m</c> and <c>telemetry_1h</c> the windows of a span, <c>telemetry_1d</c> local days, <c>telemetry_alarms</c> the alarms.</summary>
/// <remarks>The platform's own account (<c>ledger</c>, <c>platform</c>) lives with the one-minute windows. Every database has only its default policy, so that InfluxQL needs no policy's name.</remarks>
internal sealed class InfluxTiers
{
    /// <summary>What follows the first database's name in that of the alarms.</summary>
    internal const string AlarmsSuffix = "_alarms";

    private readonly InfluxTier[] _windows;

    internal InfluxTiers(InfluxOptions options, RetentionOptions retention)
    {
        InfluxTier Tier(string suffix, int days) => new(options.Database + suffix, options.Bucket + suffix, days);
        Readings = Tier("", retention.RawDays);
        _windows = [.. WindowSpans.All.ToArray().Select(span => Tier("_" + span.ShortName(), DaysOf(span, retention)))];
        Days = Tier("_" + InfluxNames.DaySpan, retention.OneDayDays);
        Alarms = Tier(AlarmsSuffix, retention.AlarmDays);
        All = [Readings, .. _windows, Days, Alarms];
    }

    internal IReadOnlyList<InfluxTier> All { get; }

    internal InfluxTier Readings { get; }

    /// <summary>Local days, made out of hours.</summary>
    internal InfluxTier Days { get; }

    internal InfluxTier Alarms { get; }

    /// <summary>The ledger and the platform's counters.</summary>
    internal InfluxTier Platform => this[WindowSpan.OneMinute];

    internal InfluxTier this[WindowSpan span] => _windows[(int)span];

    private static int DaysOf(WindowSpan span, RetentionOptions retention) => span switch
    {
        WindowSpan.OneMinute => retention.OneMinuteDays,
        WindowSpan.QuarterHour => retention.QuarterHourDays,
        _ => retention.OneHourDays,
    };
}
