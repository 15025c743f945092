using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>Messages of one shard by route and outcome. Written by the shard's thread, read by any.</summary>
internal sealed class RouteCounts
{
    private const int Columns = 4;

    private readonly long[] _counts = new long[(byte.MaxValue + 1) * Columns];

    public void Count(AssetUpdate update, MessageOutcome outcome) => _counts[(update.Route * Columns) + (int)outcome]++;

    /// <summary>Adds what a checkpoint knew; only before the shard runs.</summary>
    public void Add(RouteTotals totals)
    {
        int row = totals.Route * Columns;
        _counts[row + (int)MessageOutcome.Stored] += totals.Stored;
        _counts[row + (int)MessageOutcome.Duplicate] += totals.Duplicate;
        _counts[row + (int)MessageOutcome.Quarantined] += totals.Quarantined;
    }

    /// <summary>As they stand now.</summary>
    public RouteCounts Copy()
    {
        var copy = new RouteCounts();
        for (int i = 0; i < _counts.Length; i++)
        {
            copy._counts[i] = Volatile.Read(ref _counts[i]);
        }

        return copy;
    }

    /// <summary>The sum over shards, of routes that have had a message.</summary>
    public static IReadOnlyList<RouteTotals> Sum(IReadOnlyCollection<RouteCounts> shards)
    {
        var totals = new List<RouteTotals>();
        for (int route = 0; route <= byte.MaxValue; route++)
        {
            int row = route * Columns;
            var sum = new RouteTotals((byte)route, Of(MessageOutcome.Stored), Of(MessageOutcome.Duplicate), Of(MessageOutcome.Quarantined));
            if (sum.Stored + sum.Duplicate + sum.Quarantined > 0)
            {
                totals.Add(sum);
            }

            long Of(MessageOutcome outcome) => shards.Sum(s => Volatile.Read(ref s._counts[row + (int)outcome]));
        }

        return totals;
    }
}
