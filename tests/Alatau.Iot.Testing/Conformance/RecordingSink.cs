using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Testing.Conformance;

/// <summary>Keeps everything an asset runtime hands on, by asset in order, and can hold the shard up.</summary>
public sealed class RecordingSink : IAssetUpdateSink
{
    private readonly Lock _gate = new();
    private readonly Dictionary<AssetHandle, List<Reading>> _readings = [];
    private readonly Dictionary<AssetHandle, List<long>> _positions = [];
    private readonly List<AlarmTransition> _transitions = [];
    private readonly List<(AssetHandle Asset, WindowUpdate Window)> _windows = [];
    private readonly HashSet<(int Shard, int Thread)> _threads = [];
    private long _messages;
    private long _pauses;

    /// <summary>While reset, every call waits: a store that is behind.</summary>
    public ManualResetEventSlim Gate { get; } = new(true);

    public long Messages => Interlocked.Read(ref _messages);

    public long Pauses => Interlocked.Read(ref _pauses);

    /// <summary>Which threads called for which shard.</summary>
    public IReadOnlyCollection<(int Shard, int Thread)> Threads
    {
        get
        {
            lock (_gate)
            {
                return [.. _threads];
            }
        }
    }

    public IReadOnlyList<AlarmTransition> Transitions
    {
        get
        {
            lock (_gate)
            {
                return [.. _transitions];
            }
        }
    }

    public IReadOnlyList<(AssetHandle Asset, WindowUpdate Window)> Windows
    {
        get
        {
            lock (_gate)
            {
                return [.. _windows];
            }
        }
    }

    public IReadOnlyList<Reading> ReadingsOf(AssetHandle asset)
    {
        lock (_gate)
        {
            return [.. _readings.GetValueOrDefault(asset, [])];
        }
    }

    /// <summary>Positions of the messages of an asset in the order they were processed.</summary>
    public IReadOnlyList<long> PositionsOf(AssetHandle asset)
    {
        lock (_gate)
        {
            return [.. _positions.GetValueOrDefault(asset, [])];
        }
    }

    public void OnUpdate(int shard, AssetUpdate update)
    {
        Gate.Wait();
        lock (_gate)
        {
            _threads.Add((shard, Environment.CurrentManagedThreadId));
            ListOf(_readings, update.Asset).AddRange(update.Readings);
            _transitions.AddRange(update.Transitions);
            foreach (var window in update.Windows)
            {
                _windows.Add((update.Asset, window));
            }

            if (update.Message is not null)
            {
                ListOf(_positions, update.Asset).Add(update.Position);
                _messages++;
            }
        }
    }

    public void OnPause(int shard) => Interlocked.Increment(ref _pauses);

    private static List<T> ListOf<T>(Dictionary<AssetHandle, List<T>> lists, AssetHandle asset)
    {
        if (!lists.TryGetValue(asset, out var list))
        {
            lists[asset] = list = [];
        }

        return list;
    }
}
