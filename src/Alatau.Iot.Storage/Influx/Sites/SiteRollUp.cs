using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Influx.Sites;

/// <summary>Keeps the sums of sites up to date, so that a board of a year reads a handful of series and not those of thousands of assets. A window that is corrected is summed again.</summary>
/// <remarks>
/// At the start the last two days are summed once more, since what was touched before a kill is forgotten. While the database is away the touched windows wait. Sums are no history of their own: they can be made
/// again from the windows at any time.
/// </remarks>
public sealed class SiteRollUp : BackgroundService
{
    /// <summary>Windows summed by one query: bounds the rows the database holds at once.</summary>
    private const int WindowsPerQuery = 48;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private static readonly (WindowSpan Span, TimeSpan Back)[] s_again =
        [(WindowSpan.OneMinute, TimeSpan.FromHours(2)), (WindowSpan.QuarterHour, TimeSpan.FromDays(2)), (WindowSpan.OneHour, TimeSpan.FromDays(2))];

    private readonly InfluxHistoryStore _store;
    private readonly TouchedWindows _touched;
    private readonly InfluxConnection _connection;
    private readonly SiteSums _sums;
    private readonly TimeProvider _time;
    private readonly ILogger<SiteRollUp> _logger;
    private bool _isReady;
    private bool _isAway;

    /// <param name="store">Whose windows are summed.</param>
    /// <param name="options">Where the database is.</param>
    /// <param name="time">Pauses.</param>
    /// <param name="logger">Told once when summing fails, and once when it is well again.</param>
    public SiteRollUp(InfluxHistoryStore store, InfluxOptions options, TimeProvider time, ILogger<SiteRollUp> logger)
    {
        (_store, _touched, _time, _logger) = (store, store.Touched, time, logger);
        _connection = new InfluxConnection(options);
        _sums = new SiteSums(_connection, new InfluxTiers(options, new RetentionOptions()), options.LinesPerRequest);
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
        for (int i = 0; i < due.Count;)
        {
            var (span, from) = due[i];
            int next = i + 1;
            while (next < due.Count && next - i < WindowsPerQuery && due[next].Span == span && due[next].Start - due[next - 1].Start == TimeSpan.FromMilliseconds(span.Milliseconds()))
            {
                next++;
            }

            var to = due[next - 1].Start + TimeSpan.FromMilliseconds(span.Milliseconds());
            try
            {
                if (!_isReady)
                {
                    await _connection.DetectAsync(stop);
                    _isReady = true;
                }

                await _sums.SumAsync(span, from, to, stop);
            }
            catch (StoreException exception)
            {
                if (!_isAway)
                {
                    RecorderLog.SiteSumsFailed(_logger, exception.Message);
                }

                _isAway = true;
                for (; i < due.Count; i++)
                {
                    _touched.Touch(due[i].Span, due[i].Start, due[i].Start + TimeSpan.FromMilliseconds(1));
                }

                return;
            }

            if (_isAway)
            {
                RecorderLog.SiteSumsWell(_logger);
                _isAway = false;
            }

            i = next;
        }
    }
}
