using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.RollUps;

/// <summary>Keeps the sums of the topology's branches up to date, in memory and in the store: by difference as windows come, and by asking the store for what differences can't tell.</summary>
/// <remarks>
/// Once a second what the shards staged moves the book, and what has rested is written. Windows to be summed again rest in their turn, until nothing comes into them; then everything the recorder has is let into the
/// store, the members' windows are read, and the sums take the place of the old ones. A change that comes in between makes the window due again, so that the last word is always the store's.
/// <para>Before a checkpoint counts, the names of all windows not yet settled are on disk; what came after it is made again by the replay. So nothing is forgotten by a kill. Without a journal the last hours are
/// summed again at each start.</para>
/// </remarks>
public sealed class RollUpKeeper : BackgroundService, IRollUps, IMetricSource
{
    private const int QuietSteps = 2;
    private const int LongestSteps = 30;
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(1);

    private static readonly (WindowSpan Span, TimeSpan Back)[] s_again =
        [(WindowSpan.OneMinute, TimeSpan.FromHours(2)), (WindowSpan.QuarterHour, TimeSpan.FromDays(2)), (WindowSpan.OneHour, TimeSpan.FromDays(2))];

    private readonly Topology _topology;
    private readonly AssetDirectory _directory;
    private readonly MeasurandCatalog _measurands;
    private readonly RollUpStaging _staging;
    private readonly IRollUpStore? _store;
    private readonly Func<CancellationToken, Task>? _flush;
    private readonly UnsettledFile? _file;
    private readonly TimeProvider _time;
    private readonly ILogger<RollUpKeeper> _logger;
    private readonly RollUpBook _book;
    private readonly RestingWindows _resting;
    private readonly Lock _gate = new();
    private Task _summing = Task.CompletedTask;
    private long _written;
    private long _summed;
    private bool _isAway;

    /// <param name="store">Null when history isn't kept: then sums are live only.</param>
    /// <param name="flush">Completes when all that was recorded up to now can be read from the store.</param>
    /// <param name="folder">Where the names of unsettled windows are kept for the next start; null without a journal.</param>
    /// <param name="clockAhead">How far a device's clock may be ahead of ours.</param>
    public RollUpKeeper(
        Topology topology,
        AssetDirectory directory,
        MeasurandCatalog measurands,
        RollUpStaging staging,
        IRollUpStore? store,
        Func<CancellationToken, Task>? flush,
        string? folder,
        TimeSpan clockAhead,
        TimeProvider time,
        ILogger<RollUpKeeper> logger)
    {
        (_topology, _directory, _measurands, _staging, _store, _flush, _time, _logger) = (topology, directory, measurands, staging, store, flush, time, logger);
        var now = Instant.Now(time);
        _book = new RollUpBook(topology, measurands, now + clockAhead, canSumAgain: store is not null);
        _resting = new RestingWindows(time);
        _file = folder is null || store is null ? null : new UnsettledFile(folder, measurands);
        if (store is not null)
        {
            _resting.Add(_file?.Read() ?? LastDays(now));
        }
    }

    public IReadOnlyList<RollUpRow> Latest(TopologyNode node, WindowSpan span, Instant endedBy)
    {
        lock (_gate)
        {
            return _book.Latest(node, span, endedBy);
        }
    }

    /// <summary>Puts on disk what a kill would leave to be summed again, of all that the shards have published up to now.</summary>
    /// <exception cref="IOException">The disk is full or failing.</exception>
    public void MakeDurable()
    {
        if (_file is null)
        {
            return;
        }

        List<RollUpKey> keys;
        lock (_gate)
        {
            _staging.Drain(_book);
            keys = [.. _book.Unsettled().Union(_resting.Keys)];
        }

        _file.Write(keys);
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        int series;
        int resting;
        lock (_gate)
        {
            (series, resting) = (_book.SeriesCount, _resting.Count);
        }

        writer.Gauge("rollup_series", "Measurands of branches of the topology.", series);
        writer.Gauge("rollup_resting_windows", "Windows of branches that wait to be summed again from the store.", resting);
        writer.Counter("rollup_written", "Windows of branches written.", Interlocked.Read(ref _written));
        writer.Counter("rollup_summed", "Windows summed again from the store.", Interlocked.Read(ref _summed));
        writer.Counter("rollup_overflow", "Changes of windows that found no room and had their window summed again.", _staging.Overflowed);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_step, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await StepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops; what isn't settled is on disk with the last checkpoint, or summed again at the start.
        }

        await _summing.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private async Task StepAsync(CancellationToken stop)
    {
        IReadOnlyList<RollUpRow> rows;
        List<List<RollUpKey>> due = [];
        lock (_gate)
        {
            _staging.Drain(_book);
            rows = _book.Publish(QuietSteps, LongestSteps);
            _resting.Add(_book.TakeStale());
            if (_store is not null && _summing.IsCompleted)
            {
                due = _resting.TakeDue();
                due.ForEach(_book.BeginSum);
            }
        }

        await WriteAsync(rows, stop);
        if (_summing.IsCompleted)
        {
            // A fault of it is a bug, and ends the host.
            await _summing;
        }

        if (due.Count > 0)
        {
            _summing = Task.Run(() => SumAsync(due, stop), stop);
        }
    }

    private async Task WriteAsync(IReadOnlyList<RollUpRow> rows, CancellationToken stop)
    {
        if (rows.Count == 0 || _store is null)
        {
            return;
        }

        try
        {
            await _store.WriteRollUpsAsync(rows, stop);
            Interlocked.Add(ref _written, rows.Count);
            SayWell();
        }
        catch (StoreException exception)
        {
            SayFailed(exception);
            lock (_gate)
            {
                _book.NotWritten(rows);
            }
        }
    }

    private async Task SumAsync(List<List<RollUpKey>> runs, CancellationToken stop)
    {
        int done = 0;
        try
        {
            if (_flush is not null)
            {
                await _flush(stop);
            }

            for (; done < runs.Count; done++)
            {
                await SumAsync(runs[done], stop);
            }

            SayWell();
        }
        catch (StoreException exception)
        {
            SayFailed(exception);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Left for the next start.
        }
        finally
        {
            lock (_gate)
            {
                for (; done < runs.Count; done++)
                {
                    _book.AbandonSum(runs[done]);
                }
            }
        }
    }

    private async Task SumAsync(List<RollUpKey> keys, CancellationToken stop)
    {
        var windows = new List<(TopologyNode, Instant, WindowSummary)>();
        var (measurand, span, from) = keys[0];
        await _store!.ReadWindowsAsync(
            measurand,
            span,
            from,
            new Window(span, keys[^1].Start).End,
            (id, start, summary) =>
            {
                if (_directory.TryFind(id, out var asset) && _topology.TryNode(asset, out var node))
                {
                    windows.Add((node, start, summary));
                }
            },
            stop);
        IReadOnlyList<RollUpRow> left;
        lock (_gate)
        {
            // What the rows read may hold already was staged before it was recorded: it makes its window due again.
            _staging.Drain(_book);
            left = _book.Replace(keys, windows, Instant.Now(_time));
        }

        Interlocked.Add(ref _summed, keys.Count);
        await WriteAsync(left, stop);
    }

    private IEnumerable<RollUpKey> LastDays(Instant now)
    {
        foreach (var measurand in _measurands.All.Where(RollUpRule.IsRolledUp))
        {
            foreach (var (span, back) in s_again)
            {
                for (var window = Window.Holding(now - back, span); window.Start < now; window = new Window(span, window.End))
                {
                    yield return new RollUpKey(measurand.Id, span, window.Start);
                }
            }
        }
    }

    private void SayFailed(StoreException exception)
    {
        if (!_isAway)
        {
            RollUpLog.Failed(_logger, exception.Message);
        }

        _isAway = true;
    }

    private void SayWell()
    {
        if (_isAway)
        {
            RollUpLog.Well(_logger);
        }

        _isAway = false;
    }
}
