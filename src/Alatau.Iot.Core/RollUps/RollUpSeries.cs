using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>The newest windows of one measurand of one kind of members in one branch.</summary>
internal sealed class RollUpSeries(TopologyNode node, NodeKind members, Measurand measurand)
{
    private const int MinutesHeld = 8;
    private const int OthersHeld = 3;

    private readonly RollUpEntry[]?[] _held = new RollUpEntry[WindowSpans.Count][];
    private readonly byte[] _counts = new byte[WindowSpans.Count];

    public TopologyNode Node { get; } = node;

    public NodeKind Members { get; } = members;

    public Measurand Measurand { get; } = measurand;

    public bool IsCounter { get; } = measurand.Kind == MeasurandKind.Counter;

    public bool HasSum { get; } = RollUpRule.HasSum(measurand);

    /// <summary>Members that have the measurand, as they were counted last, and when that was.</summary>
    public (int Epoch, int Version, int Count) Expected { get; set; } = (-1, -1, 0);

    public bool IsDirty { get; set; }

    public Span<RollUpEntry> Held(WindowSpan span) => _held[(int)span].AsSpan(0, _counts[(int)span]);

    public double ValueOf(in WindowSummary summary) => IsCounter ? summary.Delta : summary.Mean;

    /// <summary>The held window of a start; makes room for a newer one by leaving the oldest.</summary>
    /// <param name="left">The start of a window that was left before it was published; null for none.</param>
    /// <returns>Its place; -1 when it is older than all that are held.</returns>
    public int PlaceOf(WindowSpan span, Instant start, out Instant? left)
    {
        left = null;
        ref var held = ref _held[(int)span];
        held ??= new RollUpEntry[span == WindowSpan.OneMinute ? MinutesHeld : OthersHeld];
        int count = _counts[(int)span];
        int oldest = 0;
        for (int i = 0; i < count; i++)
        {
            if (held[i].Start == start)
            {
                return i;
            }

            oldest = held[i].Start < held[oldest].Start ? i : oldest;
        }

        if (count < held.Length)
        {
            held[count] = RollUpEntry.Of(start);
            _counts[(int)span]++;
            return count;
        }

        if (start < held[oldest].Start)
        {
            return -1;
        }

        left = held[oldest].IsDirty ? held[oldest].Start : null;
        held[oldest] = RollUpEntry.Of(start);
        return oldest;
    }
}
