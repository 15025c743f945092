using Alatau.Iot.Core.RollUps;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Storage.RollUps;

/// <summary>Windows to be summed again, until nothing has come into them for a while. One caller at a time.</summary>
internal sealed class RestingWindows(TimeProvider time)
{
    internal static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>Windows read by one query.</summary>
    private const int WindowsPerRun = 48;

    private readonly Dictionary<RollUpKey, (long First, long Last)> _resting = [];

    internal int Count => _resting.Count;

    internal IEnumerable<RollUpKey> Keys => _resting.Keys;

    internal void Add(IEnumerable<RollUpKey> keys)
    {
        long now = time.GetTimestamp();
        foreach (var key in keys)
        {
            _resting[key] = _resting.TryGetValue(key, out var before) ? (before.First, now) : (now, now);
        }
    }

    /// <summary>Takes what has rested long enough: runs of neighbouring windows of one measurand and span, newest first (<see cref="Core.RollUps.RollUpBook.Replace"/>).</summary>
    internal List<List<RollUpKey>> TakeDue()
    {
        long now = time.GetTimestamp();
        var due = _resting.Where(each => time.GetElapsedTime(each.Value.Last, now) >= Quiet || time.GetElapsedTime(each.Value.First, now) >= Longest).Select(each => each.Key).ToList();
        due.Sort((a, b) => (a.Span, a.Measurand.Value, a.Start).CompareTo((b.Span, b.Measurand.Value, b.Start)));
        var runs = new List<List<RollUpKey>>();
        foreach (var key in due)
        {
            _resting.Remove(key);
            if (runs.Count > 0 && runs[^1] is { Count: < WindowsPerRun } run && run[0].Measurand == key.Measurand && run[0].Span == key.Span && new Window(key.Span, run[^1].Start).End == key.Start)
            {
                run.Add(key);
            }
            else
            {
                runs.Add([key]);
            }
        }

        runs.Reverse();
        return runs;
    }
}
