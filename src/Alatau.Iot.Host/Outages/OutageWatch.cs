using System.Collections.Concurrent;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Host.Outages;

/// <summary>Lets the judge look at the signs of all shards, and has its decisions carried out by them; the judge itself and everything private belongs to the loop.</summary>
/// <remarks>
/// A decision is a step in the journal, carried out by every shard at its place among the messages; so a replay makes the same outages, without the judge. The judge knows nothing that isn't in the states of the
/// assets: it begins with a census, after a start and whenever a step failed. While the platform can't be sure to hear (a replay, a journal that takes nothing) nothing is judged.
/// </remarks>
internal sealed partial class OutageWatch : IAssetUpdateSink, IOutageBoard, IMetricSource, IAsyncDisposable
{
    /// <summary>Time between two looks while something goes on.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);

    private readonly OutageMap _map;
    private readonly Lazy<IOutageSteps> _steps;
    private readonly TimeProvider _clock;
    private readonly ILogger<OutageWatch> _log;
    private readonly OutageJudge _judge;
    private readonly ConcurrentQueue<(AssetHandle Asset, OutageSign Sign)> _signs = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task _loop = Task.CompletedTask;
    private volatile bool _listens;
    private volatile bool _isToCount;
    private int _isAwake;
    private int _isDisposed;
    private long _begun;
    private int _open;

    /// <param name="map">What is judged.</param>
    /// <param name="steps">Where decisions go; made when the watch starts, since the runtime knows its sinks first.</param>
    public OutageWatch(OutageMap map, Lazy<IOutageSteps> steps, TimeProvider clock, ILogger<OutageWatch> log)
    {
        (_map, _steps, _clock, _log) = (map, steps, clock, log);
        _judge = new OutageJudge(map);
    }

    /// <summary>Begins to judge, with a census. Called when the platform listens; a platform without judged places does nothing.</summary>
    public void Start()
    {
        if (_map.Places.Count > 0)
        {
            _isToCount = true;
            _loop = Task.Run(LoopAsync);
        }
    }

    /// <summary>Nobody could be heard for a while: what is known is counted anew.</summary>
    public void CountAnew()
    {
        _isToCount = true;
        Wake();
    }

    /// <summary>Faults when the loop has died of a fault of the platform, at which the host must stop.</summary>
    public Task Completion => _loop;

    public void OnUpdate(int shard, AssetUpdate update)
    {
        if (update.Sign.Kind != OutageSignKind.None && _listens)
        {
            // At most a sign for each change of an asset: bounded by what the fleet brings about between two looks.
            _signs.Enqueue((update.Asset, update.Sign));
            Wake();
        }
    }

    public void OnPause(int shard)
    {
    }

    public IReadOnlyList<OutageView> Open()
    {
        lock (_gate)
        {
            return [.. _map.Places.Select(_judge.View).OfType<OutageView>().OrderBy(v => v.Into is not null).ThenByDescending(v => v.Customers)];
        }
    }

    public IReadOnlyList<AssetHandle> SilentMeters(OutagePlace place, int most)
    {
        lock (_gate)
        {
            return _judge.SilentMeters(place, most);
        }
    }

    public void WriteMetrics(IMetricWriter writer)
    {
        writer.Gauge("outages_open", "Outages that are open, those folded into a wider one included.", Volatile.Read(ref _open));
        writer.Counter("outages", "Outages begun since the start.", Interlocked.Read(ref _begun));
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes a room once for each port it stands behind.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _wake.Dispose();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isAwake, 1) == 0 && Volatile.Read(ref _isDisposed) == 0)
        {
            _wake.Release();
        }
    }

    private async Task LoopAsync()
    {
        var changes = new List<OutageChange>();
        using var timer = new PeriodicTimer(Period, _clock);
        while (true)
        {
            if (_isToCount)
            {
                await CountAsync(_stop.Token);
            }

            changes.Clear();
            bool waits = Judge(changes);
            foreach (var change in changes)
            {
                if (!await CarryAsync(change, _stop.Token))
                {
                    _isToCount = true;
                    waits = true;
                    break;
                }
            }

            if (!waits && !_isToCount)
            {
                await _wake.WaitAsync(_stop.Token);
                Volatile.Write(ref _isAwake, 0);
            }

            // Signs of a moment are judged together.
            await timer.WaitForNextTickAsync(_stop.Token);
        }
    }

    private bool Judge(List<OutageChange> changes)
    {
        lock (_gate)
        {
            while (_signs.TryDequeue(out var sign))
            {
                _judge.Take(sign.Asset, sign.Sign);
            }

            if (_judge.IsDirty || _judge.IsWaiting)
            {
                _judge.Judge(Instant.Now(_clock), changes);
                _open = _map.Places.Count(p => _judge.View(p) is not null);
            }

            return _judge.IsWaiting;
        }
    }

    private async Task<bool> CarryAsync(OutageChange change, CancellationToken cancellationToken)
    {
        var step = change.StepAt(Instant.Now(_clock));
        if (!await _steps.Value.CarryAsync(step, cancellationToken))
        {
            LogNotTaken(change.Place.Id.ToString());
            return false;
        }

        if (change.Action == OutageAction.Begin)
        {
            Interlocked.Increment(ref _begun);
        }

        if (change.Action != OutageAction.Extend)
        {
            LogStep(change.Action, change.Place.Id.ToString(), step.Why);
        }

        return true;
    }

    private async Task CountAsync(CancellationToken cancellationToken)
    {
        _isToCount = false;
        var signs = new ConcurrentQueue<(AssetHandle Asset, OutageSign Sign)>();
        var outages = new ConcurrentQueue<(AssetHandle Place, Instant Start, bool IsFolded)>();
        _listens = true;
        await _steps.Value.TakeCensusAsync((asset, sign) => signs.Enqueue((asset, sign)), (place, start, isFolded) => outages.Enqueue((place, start, isFolded)), cancellationToken);
        lock (_gate)
        {
            _judge.Clear();
            foreach (var (asset, sign) in signs)
            {
                _judge.Take(asset, sign);
            }

            foreach (var (asset, start, isFolded) in outages)
            {
                if (_map.PlaceOf(asset) is { } place)
                {
                    _judge.Restore(place, start, isFolded);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Outage at {Place}: {Action}, {Why}")]
    private partial void LogStep(OutageAction action, string place, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A step of the outage at {Place} couldn't be put on disk; it is judged anew")]
    private partial void LogNotTaken(string place);
}
