using System.Collections.Concurrent;

namespace Alatau.Iot.Ingest.Decoding.Sparkplug;

/// <summary>All nodes this platform has heard of. Bounded: past a bound, births are refused, what is known stays.</summary>
internal sealed class SparkplugNodes
{
    /// <summary>Most nodes.</summary>
    internal const int MaximumNodes = 20_000;

    /// <summary>Most devices of one node.</summary>
    internal const int MaximumDevices = 2_000;

    /// <summary>Most metrics of one birth.</summary>
    internal const int MaximumMetrics = 10_000;

    /// <summary>Most metrics of all births together.</summary>
    internal const int MaximumDefinitions = 4_000_000;

    private readonly ConcurrentDictionary<string, SparkplugNode> _nodes = new(StringComparer.Ordinal);
    private int _definitions;

    /// <summary>The node of a key; null when there are too many.</summary>
    internal SparkplugNode? Find(string key) =>
        _nodes.TryGetValue(key, out var node) ? node : _nodes.Count >= MaximumNodes ? null : _nodes.GetOrAdd(key, static k => new SparkplugNode(k));

    internal IEnumerable<KeyValuePair<string, SparkplugNode>> All => _nodes;

    /// <summary>Whether the node's birth was seen and it hasn't died since.</summary>
    internal bool IsAlive(string key)
    {
        if (!_nodes.TryGetValue(key, out var node))
        {
            return false;
        }

        lock (node.Gate)
        {
            return node.Birth.IsAlive;
        }
    }

    /// <summary>Reserves room for metrics, or gives it back with a negative count. False when there is none.</summary>
    internal bool TryReserve(int definitions)
    {
        if (Interlocked.Add(ref _definitions, definitions) <= MaximumDefinitions || definitions <= 0)
        {
            return true;
        }

        Interlocked.Add(ref _definitions, -definitions);
        return false;
    }
}
