using System.Collections.Concurrent;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;
using Alatau.Iot.Storage.Recording;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>Makes the windows again that late readings reopened: from the stored readings, beside the shards, an asset's backlog at once.</summary>
/// <remarks>
/// A round: take what has rested, wait until everything handed to the recorder is stored (also while the store is away), read, compare, and hand what differs through its asset to all sinks, where it takes the way of any
/// other summary. A mark goes when a later round finds that stored. Corrections wait while more than half of the recorder's batches are in use, so that they never make live data wait.
/// </remarks>
public sealed class CorrectionLoop : BackgroundService, IMetricSource
{
    private const int AssetsAtOnce = 256;
    private const int WindowsAtOnce = 500;
    private const int HoursAtOnce = 24;

    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_room = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(10);

    private readonly CorrectionMarks _marks;
    private readonly SeriesCorrection _correction;
    private readonly HistoryRecorder _recorder;
    private readonly IWindowCorrections _runtime;
    private readonly CorrectionOptions _options;
    private readonly int _rawDays;
    private readonly TimeProvider _time;
    private readonly ILogger<CorrectionLoop> _logger;
    private readonly List<AssetHandle> _posted = [];
    private bool _isAway;
    private long _assets;
    private long _windows;
    private long _expired;

    /// <param name="marks">What is to be made again.</param>
    /// <param name="store">Where readings and windows rest.</param>
    /// <param name="recorder">Says when what was handed over is stored.</param>
    /// <param name="runtime">The way of what was made to all sinks.</param>
    /// <param name="retention">Windows whose raw readings may have gone stay as they are.</param>
    public CorrectionLoop(
        CorrectionMarks marks,
        IHistoryStore store,
        HistoryRecorder recorder,
        IWindowCorrections runtime,
        AssetDirectory assets,
        MeasurandCatalog measurands,
        CorrectionOptions options,
        RetentionOptions retention,
        TimeProvider time,
        ILogger<CorrectionLoop> logger)
    {
        (_marks, _recorder, _runtime, _options, _rawDays, _time, _logger) = (marks, recorder, runtime, options, retention.RawDays, time, logger);
        _correction = new SeriesCorrection(store, assets, measurands);
    }

    /// <summary>Windows whose corrected summary was handed to the sinks since the start.</summary>
    public long Windows => Interlocked.Read(ref _windows);

    /// <summary>Backlogs of an asset that were made again since the start.</summary>
    public long Assets => Interlocked.Read(ref _assets);

    public void WriteMetrics(IMetricWriter writer)
    {
        writer.Counter("corrections_assets", "Backlogs of an asset of which windows were made again.", Assets);
        writer.Counter("corrections_windows", "Windows published again because of late readings.", Windows);
        writer.Counter("corrections_expired", "Stretches not made again because their raw readings are past retention.", Interlocked.Read(ref _expired));
    }

    /// <summary>One round.</summary>
    /// <returns>Whether anything was taken.</returns>
    /// <exception cref="OperationCanceledException">The host stops; what was in work stays marked.</exception>
    public async Task<bool> RunOnceAsync(CancellationToken cancellationToken)
    {
        var due = _marks.Take(TimeSpan.FromMilliseconds(_options.QuietMilliseconds), TimeSpan.FromMilliseconds(_options.LongestRestMilliseconds));
        if (due.Count == 0 && _posted.Count == 0)
        {
            return false;
        }

        await _recorder.FlushAsync(cancellationToken);
        _marks.Complete(_posted);
        _posted.Clear();
        var failed = new ConcurrentBag<string>();
        foreach (var some in due.Chunk(AssetsAtOnce))
        {
            while (_recorder.BatchesInUse > _recorder.Batches / 2)
            {
                await Task.Delay(s_room, _time, cancellationToken);
            }

            var done = new ConcurrentBag<AssetHandle>();
            await Parallel.ForEachAsync(some, new ParallelOptions { MaxDegreeOfParallelism = _options.Parallel, CancellationToken = cancellationToken }, async (one, token) =>
            {
                try
                {
                    await CorrectAsync(one.Asset, one.Stretches, token);
                    done.Add(one.Asset);
                }
                catch (StoreException exception)
                {
                    failed.Add(exception.Message);
                    _marks.GiveBack(one.Asset, s_again);
                }
            });
            _posted.AddRange(done);
        }

        Tell(failed, due.Count);
        return due.Count > 0;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_pause, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await RunOnceAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was in work is still marked, and made again after the next start.
        }
    }

    private async Task CorrectAsync(AssetHandle asset, IReadOnlyList<Stretch> stretches, CancellationToken cancellationToken)
    {
        var corrections = new List<WindowCorrection>();
        RegisterMark? before = null;
        var madeTo = Instant.MinValue;
        for (int i = 0; i < stretches.Count; i++)
        {
            if (i > 0 && stretches[i].Measurand != stretches[i - 1].Measurand)
            {
                (madeTo, before) = (Instant.MinValue, null);
            }

            foreach (var piece in Pieces(stretches[i]).Where(piece => piece.To > madeTo))
            {
                var rest = piece.From >= madeTo ? piece : piece with { FromHour = (int)(madeTo.UnixMilliseconds / Stretch.HourMilliseconds) };
                (madeTo, before) = await _correction.MakeAsync(asset, rest, before, corrections, cancellationToken);
            }
        }

        for (int from = 0; from < corrections.Count; from += WindowsAtOnce)
        {
            await _runtime.CorrectAsync(asset, corrections.Slice(from, Math.Min(WindowsAtOnce, corrections.Count - from)).ToArray(), cancellationToken);
        }

        Interlocked.Increment(ref _assets);
        Interlocked.Add(ref _windows, corrections.Count);
    }

    /// <summary>A long stretch day by day, so that never more than a day's readings of a series are in memory; without the hours whose readings may have gone.</summary>
    private IEnumerable<Stretch> Pieces(Stretch stretch)
    {
        int first = stretch.FromHour;
        if (_rawDays > 0)
        {
            int oldest = (int)((Instant.Now(_time) - TimeSpan.FromDays(_rawDays)).UnixMilliseconds / Stretch.HourMilliseconds) + 1;
            if (first < oldest)
            {
                Interlocked.Increment(ref _expired);
                first = oldest;
            }
        }

        for (int from = first; from < stretch.ToHour; from += HoursAtOnce)
        {
            yield return stretch with { FromHour = from, ToHour = Math.Min(stretch.ToHour, from + HoursAtOnce) };
        }
    }

    private void Tell(ConcurrentBag<string> failed, int due)
    {
        if (failed.TryPeek(out string? error) && !_isAway)
        {
            CorrectionLog.Waits(_logger, error);
            _isAway = true;
        }
        else if (failed.IsEmpty && due > 0 && _isAway)
        {
            CorrectionLog.Well(_logger);
            _isAway = false;
        }
    }
}
