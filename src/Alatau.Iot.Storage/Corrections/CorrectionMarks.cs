using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Observation;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Storage.Corrections;

/// <summary>Remembers which windows late readings reopened, until their corrected summaries are stored. Any thread.</summary>
/// <remarks>
/// Bounded by the series there are: of each, at most eight stretches of hours. On disk no later than the checkpoint that lets the journal go of the readings (<see cref="MakeDurableAsync"/>); a mark goes only when
/// what was made of it is stored, so that a kill repeats a correction rather than forgetting one, and repeating changes nothing.
/// </remarks>
public sealed class CorrectionMarks : IAssetUpdateSink, IMetricSource, IDisposable
{
    private const int Parts = 16;

    private readonly Part[] _parts = [.. Enumerable.Range(0, Parts).Select(_ => new Part())];
    private readonly MarkFile _file;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _writing = new(1);
    private long _changes;
    private long _written = -1;

    private sealed class Part
    {
        public Lock Gate { get; } = new();

        public Dictionary<AssetHandle, AssetMarks> Assets { get; } = [];
    }

    private CorrectionMarks(MarkFile file, TimeProvider time) => (_file, _time) = (file, time);

    /// <summary>Reads back what was marked; a damaged file is named in the log and left behind.</summary>
    public static CorrectionMarks Open(string dataFolder, AssetDirectory assets, MeasurandCatalog measurands, TimeProvider time, ILogger<CorrectionMarks> logger)
    {
        var file = new MarkFile(dataFolder, assets, measurands);
        var marks = new CorrectionMarks(file, time);
        if (file.Read() is not { } found)
        {
            CorrectionLog.MarksDamaged(logger, file.Path);
            return marks;
        }

        long now = time.GetTimestamp();
        foreach (var (asset, stretch) in found)
        {
            marks.Of(asset).Add(stretch, now);
        }

        return marks;
    }

    /// <summary>Assets with windows to be made again, those in work among them.</summary>
    public int Waiting => _parts.Sum(part =>
    {
        lock (part.Gate)
        {
            return part.Assets.Count;
        }
    });

    public void OnUpdate(int shard, AssetUpdate update)
    {
        var reopenings = update.Reopenings;
        if (reopenings.IsEmpty)
        {
            return;
        }

        var part = PartOf(update.Asset);
        long now = _time.GetTimestamp();
        lock (part.Gate)
        {
            var marks = Of(update.Asset);
            foreach (ref readonly var reopening in reopenings)
            {
                marks.Add(in reopening, now);
            }
        }

        Interlocked.Increment(ref _changes);
    }

    public void OnPause(int shard)
    {
        // Nothing is gathered that somebody waits for.
    }

    /// <summary>Completes when all that is marked and not yet corrected in the store is on disk.</summary>
    /// <exception cref="IOException">The disk is full or failing.</exception>
    public async Task MakeDurableAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            long changes = Interlocked.Read(ref _changes);
            if (changes != _written)
            {
                await Task.Run(() => _file.Write(Snapshot()), cancellationToken);
                _written = changes;
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose() => _writing.Dispose();

    public void WriteMetrics(IMetricWriter writer) => writer.Gauge("corrections_waiting", "Assets with windows to be made again because of late readings.", Waiting);

    /// <summary>Takes what has rested long enough into work.</summary>
    internal List<(AssetHandle Asset, IReadOnlyList<Stretch> Stretches)> Take(TimeSpan quiet, TimeSpan longest)
    {
        var due = new List<(AssetHandle, IReadOnlyList<Stretch>)>();
        long now = _time.GetTimestamp();
        foreach (var part in _parts)
        {
            lock (part.Gate)
            {
                foreach (var (asset, marks) in part.Assets)
                {
                    bool hasRested = _time.GetElapsedTime(marks.LastAt, now) >= quiet || _time.GetElapsedTime(marks.FirstAt, now) >= longest;
                    if (marks.InWork is null && marks.IsOpen && hasRested && now >= marks.NotBefore)
                    {
                        due.Add((asset, marks.Take()));
                    }
                }
            }
        }

        return due;
    }

    /// <summary>What was taken of these assets is corrected in the store.</summary>
    internal void Complete(List<AssetHandle> assets)
    {
        foreach (var asset in assets)
        {
            var part = PartOf(asset);
            lock (part.Gate)
            {
                var marks = part.Assets[asset];
                marks.Complete();
                if (!marks.IsOpen)
                {
                    part.Assets.Remove(asset);
                }
            }
        }

        Interlocked.Add(ref _changes, assets.Count);
    }

    /// <summary>What was taken of an asset couldn't be corrected; it is due again after a pause.</summary>
    internal void GiveBack(AssetHandle asset, TimeSpan pause)
    {
        var part = PartOf(asset);
        long now = _time.GetTimestamp();
        lock (part.Gate)
        {
            part.Assets[asset].GiveBack(now, now + (long)(pause.TotalSeconds * _time.TimestampFrequency));
        }
    }

    private Part PartOf(AssetHandle asset) => _parts[asset.Index % Parts];

    private AssetMarks Of(AssetHandle asset)
    {
        var assets = PartOf(asset).Assets;
        if (!assets.TryGetValue(asset, out var marks))
        {
            assets[asset] = marks = new AssetMarks();
        }

        return marks;
    }

    private List<(AssetHandle, Stretch[])> Snapshot()
    {
        var all = new List<(AssetHandle, Stretch[])>();
        foreach (var part in _parts)
        {
            lock (part.Gate)
            {
                all.AddRange(part.Assets.Select(a => (a.Key, a.Value.All.ToArray())));
            }
        }

        return all;
    }
}
