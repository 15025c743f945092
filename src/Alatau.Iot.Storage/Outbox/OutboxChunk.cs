using Alatau.Iot.Core.History;

namespace Alatau.Iot.Storage.Outbox;

/// <summary>Some records on their way back to the store. Reused: read, written, acknowledged, one at a time.</summary>
internal sealed class OutboxChunk
{
    /// <summary>Their rows.</summary>
    internal HistoryBatch Rows { get; } = new();

    /// <summary>Rows that this process has no name for.</summary>
    internal List<RejectedRow> Rejected { get; } = [];

    /// <summary>Messages whose last row is in these records, by route.</summary>
    internal Dictionary<string, long> Messages { get; } = new(StringComparer.Ordinal);

    /// <summary>Of those, the messages in records that can't be read.</summary>
    internal Dictionary<string, long> LostMessages { get; } = new(StringComparer.Ordinal);

    /// <summary>Those losses, each with its place.</summary>
    internal List<OutboxLoss> Losses { get; } = [];

    /// <summary>The first place passed at which no record starts; null when there is none.</summary>
    internal string? HiddenAt { get; set; }

    internal int Records { get; set; }

    /// <summary>Rows that are written live, too, and are not counted again.</summary>
    internal int Copies { get; set; }

    /// <summary>Where the next chunk begins.</summary>
    internal long NextOffset { get; set; }

    /// <summary>Number of the first record that isn't in this chunk.</summary>
    internal long NextNumber { get; set; }

    internal void Clear()
    {
        Rows.Clear();
        Rejected.Clear();
        Messages.Clear();
        LostMessages.Clear();
        Losses.Clear();
        (Records, Copies, HiddenAt) = (0, 0, null);
    }
}
