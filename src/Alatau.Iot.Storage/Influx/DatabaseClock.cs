using System.Globalization;
using Alatau.Iot.Core.Observation;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Influx;

/// <summary>How far the clock of the database's host is from this one's, by the <c>Date</c> of its answers (RFC 9110, 6.6.1). Any thread.</summary>
/// <remarks>
/// A difference says that one of the two hosts is wrong, not which. Rows carry the devices' times, so that nothing is stored elsewhere by it; but a wrong clock here makes fresh readings look late or from the future, and a
/// wrong one there (or beside Grafana) has boards ask for other hours. So it is said, as a warning of readiness, in the log once, and in <c>/metrics</c>.
/// </remarks>
public sealed class DatabaseClock(InfluxOptions options, TimeProvider time, ILogger<DatabaseClock> logger) : IReadinessCheck, IMetricSource
{
    private static readonly TimeSpan s_resolution = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _tolerance = TimeSpan.FromSeconds(options.ClockToleranceSeconds);
    private long _aheadTicks;
    private int _isApart;

    /// <summary>What readiness speaks of.</summary>
    public string Name => "databaseClock";

    /// <summary>The least difference that explains the last answer; positive when the database's clock is ahead of ours.</summary>
    public TimeSpan Ahead => TimeSpan.FromTicks(Interlocked.Read(ref _aheadTicks));

    /// <summary>What is wrong and the cure, in a line; null within <see cref="InfluxOptions.ClockToleranceSeconds"/>.</summary>
    public string? Warning => Ahead.Duration() > _tolerance ? Describe(Ahead) : null;

    /// <summary>Null: history is stored whatever the clocks say.</summary>
    public ValueTask<string?> CheckAsync(CancellationToken cancellationToken) => ValueTask.FromResult<string?>(null);

    public void WriteMetrics(IMetricWriter writer) =>
        writer.Gauge("database_clock_ahead_seconds", "How far the clock of the database's host is ahead of this one's; negative when it is behind.", Ahead.TotalSeconds);

    /// <summary>To be called before a request is sent.</summary>
    internal Question Ask() => new(this, time.GetUtcNow());

    private void Learn(DateTimeOffset askedAt, DateTimeOffset date)
    {
        // The answer was made between asking and now, within the second that it names.
        var least = date - time.GetUtcNow();
        var most = date + s_resolution - askedAt;
        var ahead = least > TimeSpan.Zero ? least : most < TimeSpan.Zero ? most : TimeSpan.Zero;
        Interlocked.Exchange(ref _aheadTicks, ahead.Ticks);
        int isApart = ahead.Duration() > _tolerance ? 1 : 0;
        if (Interlocked.Exchange(ref _isApart, isApart) == isApart)
        {
            return;
        }

        if (isApart == 1)
        {
            InfluxLog.ClocksApart(logger, Describe(ahead));
        }
        else
        {
            InfluxLog.ClocksAgree(logger);
        }
    }

    private string Describe(TimeSpan ahead) => string.Create(
        CultureInfo.InvariantCulture,
        $"The clock of InfluxDB's host ({options.Url.Host}) is {ahead.Duration().TotalSeconds:0} s {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} this one's: fresh readings look late or from the future where the platform's is wrong, and boards ask for the wrong hours where the other is. Cure: let both hosts, and Grafana's, follow NTP ('timedatectl set-ntp true'); what was set aside because this clock was behind goes through by 'alatau quarantine replay --reason clockAhead'.");

    /// <summary>A request under way.</summary>
    internal readonly struct Question(DatabaseClock clock, DateTimeOffset askedAt)
    {
        /// <param name="date">As the answer says; null when it doesn't.</param>
        internal void Answered(DateTimeOffset? date)
        {
            if (date is { } said)
            {
                clock.Learn(askedAt, said);
            }
        }
    }
}
