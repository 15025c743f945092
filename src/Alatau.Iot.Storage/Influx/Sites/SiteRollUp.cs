using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>Keeps the sums of sites and the local days up to date, so that a board of a year reads a handful of series, or 365 rows a series. A window that is corrected is summed again, and its day.</summary>
/// <remarks>
/// At the start the last two days are summed once more, since what was touched before a kill is forgotten. While the database is away the touched windows wait. Sums are no history of their own: they can be made
/// again from the windows at any time.
/// </remarks>
public sealed class SiteRollUp : BackgroundService
{
    /// <summary>Windows summed by one query: bounds the rows the database holds at once.</summary>
    private const int WindowsPerQuery = 48;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_inHour = TimeSpan.FromMinutes(45);

    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);

    private static readonly TimeZoneInfo s_defaultZone = TimeZoneInfo.TryFindSystemTimeZoneById(FleetReader.DefaultTimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

    private static readonly (WindowSpan Span, TimeSpan Back)[] s_again =
        [(WindowSpan.OneMinute, TimeSpan.FromHours(2)), (WindowSpan.QuarterHour, TimeSpan.FromDays(2)), (WindowSpan.OneHour, TimeSpan.FromDays(2))];

    private readonly InfluxHistoryStore _store;
    private readonly TouchedWindows _touched;
    private readonly InfluxConnection _connection;
    private readonly SiteSums _sums;
    private readonly DaySums _days;
    private readonly Dictionary<string, TimeZoneInfo> _zones;
    private readonly SortedSet<Instant> _hours = [];
    private long _restedAt;
    private readonly TimeProvider _time;
    private readonly ILogger<SiteRollUp> _logger;
    private bool _isReady;
    private bool _isAway;

    /// <param name="store">Whose windows are summed.</param>
    /// <param name="options">Where the database is.</param>
    /// <param name="sites">Those whose zone is known; the days of others are those of <see cref="FleetReader.DefaultTimeZone"/>.</param>
    /// <param name="time">Pauses.</param>
    /// <param name="logger">Told once when summing fails, and once when it is well again.</param>
    public SiteRollUp(InfluxHistoryStore store, InfluxOptions options, IEnumerable<Site> sites, TimeProvider time, ILogger<SiteRollUp> logger)
    {
        (_store, _touched, _time, _logger) = (store, store.Touched, time, logger);
        _connection = new InfluxConnection(options);
        _sums = new SiteSums(_connection, store.Tiers, options.LinesPerRequest);
        _days = new DaySums(_connection, store.Tiers, options.LinesPerRequest);
        _zones = sites.DistinctBy(site => site.Name, StringComparer.Ordinal).ToDictionary(site => site.Name, site => site.TimeZone, StringComparer.Ordinal);
    }

    public override void Dispose()
    {
        _connection.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var now = Instant.Now(_time);
        foreach (var (span, back) in s_again)
        {
            _touched.Touch(span, now - back, now);
        }

        using var timer = new PeriodicTimer(s_pause, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SumAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next start sums the last days again.
        }
    }

    private async Task SumAsync(CancellationToken stop)
    {
        if (!_store.IsOpen)
        {
            return;
        }

        var due = _touched.Take();
        int done = 0;
        try
        {
            if (!_isReady)
            {
                await _connection.DetectAsync(stop);
                _isReady = true;
            }

            while (done < due.Count)
            {
                done = await SumRunAsync(due, done, stop);
            }

            await SumDaysAsync(due.Count == 0, stop);
        }
        catch (StoreException exception)
        {
            if (!_isAway)
            {
                RecorderLog.SiteSumsFailed(_logger, exception.Message);
            }

            _isAway = true;
            for (; done < due.Count; done++)
            {
                _touched.Touch(due[done].Span, due[done].Start, due[done].Start + TimeSpan.FromMilliseconds(1));
            }

            return;
        }

        if (_isAway && due.Count > 0)
        {
            RecorderLog.SiteSumsWell(_logger);
            _isAway = false;
        }
    }

    /// <summary>Sums windows that follow each other by one query.</summary>
    /// <returns>Where the next run begins.</returns>
    private async Task<int> SumRunAsync(List<(WindowSpan Span, Instant Start)> due, int first, CancellationToken stop)
    {
        var (span, from) = due[first];
        int next = first + 1;
        while (next < due.Count && next - first < WindowsPerQuery && due[next].Span == span && due[next].Start - due[next - 1].Start == TimeSpan.FromMilliseconds(span.Milliseconds()))
        {
            next++;
        }

        await _sums.SumAsync(span, from, due[next - 1].Start + TimeSpan.FromMilliseconds(span.Milliseconds()), stop);
        if (span == WindowSpan.OneHour)
        {
            _hours.UnionWith(due[first..next].Select(window => window.Start));
        }

        return next;
    }

    /// <summary>Makes the days of the hours that were touched, once nothing more comes, but at the latest after <see cref="s_longest"/>.</summary>
    private async Task SumDaysAsync(bool isQuiet, CancellationToken stop)
    {
        if (_hours.Count == 0)
        {
            _restedAt = _time.GetTimestamp();
            return;
        }

        if (!isQuiet && _time.GetElapsedTime(_restedAt) < s_longest)
        {
            return;
        }

        var now = Instant.Now(_time);
        foreach (string site in await _days.SitesAsync(stop))
        {
            var zone = _zones.GetValueOrDefault(site) ?? s_defaultZone;

            // An hour may lie in two days, where midnight falls on no full hour of UTC.
            foreach (var day in _hours.SelectMany(hour => (Instant[])[hour, hour + s_inHour]).Select(at => LocalDay.Holding(at, zone)).Distinct())
            {
                await _days.SumAsync(site, day, now, stop);
            }
        }

        _hours.Clear();
        _restedAt = _time.GetTimestamp();
    }
}
