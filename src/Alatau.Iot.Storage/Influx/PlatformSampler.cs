using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Storage.Influx.Setup;
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
    private readonly AssetDirectory _assets;
    private readonly Func<IReadOnlyList<AssetHandle>, CancellationToken, ValueTask<IReadOnlyList<AssetSnapshot>>> _heard;
    private readonly TimeProvider _time;
    private readonly ILogger<PlatformSampler> _logger;
    private readonly InfluxConnection _connection;
    private readonly InfluxOptions _options;
    private readonly RetentionOptions _retention;
    private readonly InfluxTiers _tiers;
    private readonly PlatformLines _lines = new();
    private readonly LineBuffer _held = new();
    private Instant? _placesAt;
    private bool _isReady;
    private bool _isAway;

    /// <param name="options">Where the database is, and how often is sampled.</param>
    /// <param name="retention">How long each tier is to be kept.</param>
    /// <param name="ledger">The account of messages.</param>
    /// <param name="sources">All that <c>/metrics</c> asks.</param>
    /// <param name="assets">Those whose coordinates are known are told for maps.</param>
    /// <param name="heard">Answers how assets are doing (<see cref="IAssetRuntime.GetManyAsync"/>).</param>
    /// <param name="time">The clock of the samples.</param>
    /// <param name="logger">Told once when writing fails, and once when it is well again.</param>
    public PlatformSampler(
        InfluxOptions options,
        RetentionOptions retention,
        Ledger ledger,
        IEnumerable<IMetricSource> sources,
        AssetDirectory assets,
        Func<IReadOnlyList<AssetHandle>, CancellationToken, ValueTask<IReadOnlyList<AssetSnapshot>>> heard,
        TimeProvider time,
        ILogger<PlatformSampler> logger)
    {
        (_options, _retention, _ledger, _sources, _assets, _heard, _time, _logger) = (options, retention, ledger, sources, assets, heard, time, logger);
        _pause = TimeSpan.FromSeconds(options.SampleSeconds);
        _connection = new InfluxConnection(options);
        _tiers = new InfluxTiers(options, retention);
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

        var now = Instant.Now(_time);
        _lines.Write(_ledger, _sources, now, _held);
        try
        {
            if (!_isReady)
            {
                await _connection.DetectAsync(stop);
                if (!_connection.IsV2)
                {
                    // It may be here before the store has opened.
                    await new DatabaseServer(_connection).CreateAbsentAsync(_tiers.All, stop);
                }

                await SayWhatDiffersAsync(stop);
                _isReady = true;
            }

            var answer = await _connection.WriteAsync(_tiers.Platform, _held, 0, _held.Count, stop);
            if (answer.Verdict != InfluxWriteVerdict.Stored)
            {
                // The same lines would be refused again.
                RecorderLog.SampleFailed(_logger, answer.Words);
            }

            _held.Clear();
            await SendPlacesAsync(now, stop);
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

    /// <summary>What maps show isn't held while the database is away: it is told again soon.</summary>
    private async Task SendPlacesAsync(Instant now, CancellationToken stop)
    {
        if (_placesAt is { } last && now - last < TimeSpan.FromSeconds(_options.MapSeconds))
        {
            return;
        }

        using var lines = new LineBuffer();
        foreach (var placed in Placed().Chunk(_options.LinesPerRequest))
        {
            var heard = (await _heard(placed, stop)).ToDictionary(snapshot => snapshot.Asset);
            foreach (var asset in placed)
            {
                PlatformLines.WritePlace(_assets[asset], heard.GetValueOrDefault(asset), now, lines);
            }

            var answer = await _connection.WriteAsync(_tiers.Platform, lines, 0, lines.Count, stop);
            if (answer.Verdict != InfluxWriteVerdict.Stored)
            {
                RecorderLog.SampleFailed(_logger, answer.Words);
            }

            lines.Clear();
        }

        _placesAt = now;
    }

    private IEnumerable<AssetHandle> Placed()
    {
        for (int i = 0, count = _assets.Count; i < count; i++)
        {
            var handle = new AssetHandle(i);
            if (_assets[handle] is { Latitude: not null, Longitude: not null })
            {
                yield return handle;
            }
        }
    }

    /// <summary>A database that was there before keeps as it did: a person should know.</summary>
    private async Task SayWhatDiffersAsync(CancellationToken stop)
    {
        using var setup = new InfluxSetup(_options, _retention);
        try
        {
            foreach (var line in (await setup.RunAsync(mend: false, shorten: false, stop)).Where(line => !line.IsWell))
            {
                InfluxLog.TierDiffers(_logger, line.Text);
            }
        }
        catch (StoreException exception)
        {
            // 3.x has a tool of its own, and a token of 2.x that may only read and write buckets sees nothing else.
            InfluxLog.TiersUnknown(_logger, exception.Message);
        }
    }
}
