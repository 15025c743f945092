using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.RollUps;

/// <summary>Takes the windows of assets in the topology off the shards, for the roll-ups. Never waits.</summary>
/// <remarks>
/// Must be a sink before the recorder: what a store can show of a window has been staged by then. When a shard's part is full, what doesn't fit is remembered as windows to be summed again, not as changes.
/// </remarks>
public sealed class RollUpStaging : IAssetUpdateSink
{
    /// <summary>Most changes that wait for a shard.</summary>
    public const int Capacity = 262_144;

    private readonly Topology _topology;
    private readonly Stage[] _stages;

    /// <param name="shards">How many shards the runtime has.</param>
    public RollUpStaging(Topology topology, int shards)
    {
        _topology = topology;
        _stages = [.. Enumerable.Range(0, shards).Select(_ => new Stage())];
    }

    /// <summary>Changes that didn't fit since the start.</summary>
    public long Overflowed => _stages.Sum(stage => Interlocked.Read(ref stage.Overflowed));

    public void OnUpdate(int shard, AssetUpdate update)
    {
        var windows = update.Windows;
        var outdated = update.Outdated;
        if ((windows.IsEmpty && outdated.IsEmpty) || !_topology.TryNode(update.Asset, out var node))
        {
            return;
        }

        var stage = _stages[shard];
        stage.Keep(node, outdated);
        if (windows.IsEmpty)
        {
            return;
        }

        lock (stage.Gate)
        {
            foreach (ref readonly var window in windows)
            {
                var change = new RollUpChange(node, window.Measurand, window.Window, window.Summary, stage.TakePrevious(node, in window));
                if (stage.Changes.Count < Capacity)
                {
                    stage.Changes.Add(change);
                }
                else
                {
                    stage.Overflow.Add(change.Key);
                    stage.Overflowed++;
                }
            }
        }
    }

    public void OnPause(int shard)
    {
        // Nothing is gathered here that would have to be handed on.
    }

    /// <summary>Gives everything staged to the book; the shards go on meanwhile.</summary>
    public void Drain(RollUpBook book)
    {
        foreach (var stage in _stages)
        {
            lock (stage.Gate)
            {
                (stage.Changes, stage.Spare) = (stage.Spare, stage.Changes);
                (stage.Overflow, stage.SpareOverflow) = (stage.SpareOverflow, stage.Overflow);
            }

            foreach (var change in stage.Spare)
            {
                book.Apply(in change);
            }

            book.MarkStale(stage.SpareOverflow);
            stage.Spare.Clear();
            stage.SpareOverflow.Clear();
        }
    }

    private sealed class Stage
    {
        // Of the windows that were published and are changed since: few. The shard's thread alone touches it.
        private readonly Dictionary<(TopologyNode Node, MeasurandId Measurand, Window Window, ushort Next), WindowSummary> _previous = [];

        public void Keep(TopologyNode node, ReadOnlySpan<WindowUpdate> outdated)
        {
            foreach (ref readonly var window in outdated)
            {
                if (_previous.Count >= Capacity)
                {
                    // Revisions of these are summed again instead.
                    _previous.Clear();
                }

                _previous[(node, window.Measurand, window.Window, window.Summary.Revision)] = window.Summary;
            }
        }

        public WindowSummary? TakePrevious(TopologyNode node, in WindowUpdate window) =>
            window.Summary.Revision > 0 && _previous.Remove((node, window.Measurand, window.Window, window.Summary.Revision), out var previous) ? previous : null;

        public Lock Gate { get; } = new();

        public List<RollUpChange> Changes { get; set; } = [];

        public List<RollUpChange> Spare { get; set; } = [];

        public HashSet<RollUpKey> Overflow { get; set; } = [];

        public HashSet<RollUpKey> SpareOverflow { get; set; } = [];

        public long Overflowed;
    }
}
