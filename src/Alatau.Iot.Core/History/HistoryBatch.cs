using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Core.History;

/// <summary>Rows that go to a store together. Reused: filled by one shard, written by one writer, cleared, given back.</summary>
/// <remarks>Rows of one asset and instant stand next to each other, so that a store may write them as one line.</remarks>
public sealed class HistoryBatch
{
    public List<ReadingRow> Readings { get; } = [];

    public List<WindowRow> Windows { get; } = [];

    public List<AlarmTransition> Transitions { get; } = [];

    /// <summary>Messages whose last row is in this batch, by route; what the ledger calls stored once the store has them.</summary>
    public long[] MessagesByRoute { get; } = new long[Ledgers.Ledger.MaximumRoutes];

    /// <summary>Rows of all kinds.</summary>
    public int Count => Readings.Count + Windows.Count + Transitions.Count;

    public void Clear()
    {
        Readings.Clear();
        Windows.Clear();
        Transitions.Clear();
        Array.Clear(MessagesByRoute);
    }
}
