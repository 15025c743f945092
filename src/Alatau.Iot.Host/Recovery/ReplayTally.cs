using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Runtime;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Counts what assets bring about during a replay: windows by their span, alarm transitions by rule and state.</summary>
internal sealed class ReplayTally : IAssetUpdateSink
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _transitions = new(StringComparer.Ordinal);
    private long _windows;
    private long _revised;
    private long _readings;

    /// <summary>Readings handed to the store.</summary>
    public long Readings => Interlocked.Read(ref _readings);

    /// <summary>Windows published for the first time.</summary>
    public long Windows => Interlocked.Read(ref _windows);

    /// <summary>Corrections of windows published before.</summary>
    public long Revised => Interlocked.Read(ref _revised);

    /// <summary>Transitions by "rule: state".</summary>
    public IReadOnlyDictionary<string, long> Transitions
    {
        get
        {
            lock (_gate)
            {
                return new SortedDictionary<string, long>(_transitions, StringComparer.Ordinal);
            }
        }
    }

    public void OnUpdate(int shard, AssetUpdate update)
    {
        Interlocked.Add(ref _readings, update.Readings.Length);
        int first = 0;
        foreach (ref readonly var window in update.Windows)
        {
            first += window.Summary.Revision == 0 ? 1 : 0;
        }

        Interlocked.Add(ref _windows, first);
        Interlocked.Add(ref _revised, update.Windows.Length - first);
        if (update.Transitions.Count > 0)
        {
            lock (_gate)
            {
                foreach (var transition in update.Transitions)
                {
                    string key = $"{transition.Rule}: {transition.To}";
                    _transitions[key] = _transitions.GetValueOrDefault(key) + 1;
                }
            }
        }
    }

    public void OnPause(int shard)
    {
        // Nothing is gathered.
    }
}
