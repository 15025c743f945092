using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Influx;

/// <summary>Writes the ledger and the platform's counters into InfluxDB, so that boards show the platform beside the city.</summary>
/// <remarks>While the database is away up to <see cref="MaximumHeld"/> lines are held and go with the next sample; beyond it the held ones are let go. They are figures about the road, no messages of it.</remarks>
public sealed class PlatformSampler : BackgroundService
{
    /// <summary>Lines held while the database is away: some hours.</summary>
    public const int MaximumHeld = 20_000;

    private readonly TimeSpan _pause;
    private readonly Ledger _ledger;
    private readonly IEnumerable<IMetricSource> _sources;
    private readonly TimeProvider _time;
    private readonly ILogger<PlatformSampler> _logger;
    private readonly InfluxConnection _connection;
    private readonly InfluxTier _tier;
    private readonly PlatformLines _lines = new();
    private readonly LineBuffer _held = new();
    private bool _isReady;
    private bool _isAway;

    /// <param name="options">Where the database is, and how often is sampled.</param>
    /// <param name="ledger">The account of messages.</param>
    /// <param name="sources">All that <c>/metrics</c> asks.</param>
    /// <param name="time">The clock of the samples.</param>
    /// <param name="logger">Told once when writing fails, and once when it is well again.</param>
    public PlatformSampler(InfluxOptions options, Ledger ledger, IEnumerable<IMetricSource> sources, TimeProvider time, ILogger<PlatformSampler> logger)
    {
        (_ledger, _sources, _time, _logger) = (ledger, sources, time, logger);
        _pause = TimeSpan.FromSeconds(options.SampleSeconds);
        _connection = new InfluxConnection(options);
        _tier = new InfluxTiers(options, new RetentionOptions()).Platform;
    }

    public override void Dispose()
    {
        _connection.Dispose();
        _held.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_pause, _time);
        try
        {
            do
            {
                await SampleAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; the next process begins its own account.
        }
    }

    private async Task SampleAsync(CancellationToken stop)
    {
        if (_held.Count >= MaximumHeld)
        {
            _held.Clear();
        }

        _lines.Write(_ledger, _sources, Instant.Now(_time), _held);
        try
        {
            if (!_isReady)
            {
                await _connection.DetectAsync(stop);
                if (!_connection.IsV2)
                {
                    // It may be here before the store has opened; does nothing when the database is there.
                    await _connection.QueryAsync(_tier, InfluxQl.CreateDatabase(_tier.Database), stop);
                }

                _isReady = true;
            }

            var answer = await _connection.WriteAsync(_tier, _held, 0, _held.Count, stop);
            if (answer.Verdict != InfluxWriteVerdict.Stored)
            {
                // The same lines would be refused again.
                RecorderLog.SampleFailed(_logger, answer.Words);
            }

            _held.Clear();
            if (_isAway)
            {
                RecorderLog.SampleWell(_logger);
            }

            _isAway = false;
        }
        catch (StoreException exception)
        {
            if (!_isAway)
            {
                RecorderLog.SampleFailed(_logger, exception.Message);
            }

            _isAway = true;
        }
    }
}
