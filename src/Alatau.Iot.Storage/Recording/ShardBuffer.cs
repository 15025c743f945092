using Alatau.Iot.Core.History;
using Alatau.Iot.Core.Processing;
using Alatau.Iot.Core.Readings;

namespace Alatau.Iot.Storage.Recording;

/// <summary>The batch one shard is filling. Only the shard's thread opens and fills it; it and the recorder's timer hand it over, under <see cref="Gate"/>.</summary>
internal sealed class ShardBuffer(WriteLane lane)
{
    internal Lock Gate { get; } = new();

    internal WriteLane Lane { get; } = lane;

    /// <summary>Null between a hand-over and the next update.</summary>
    internal HistoryBatch? Open { get; private set; }

    /// <summary>Time stamp of the opening.</summary>
    internal long OpenedAt { get; private set; }

    internal void Begin(HistoryBatch batch, long timestamp) => (Open, OpenedAt) = (batch, timestamp);

    /// <summary>Copies the rows of <paramref name="update"/>, those of one instant next to each other, and its message.</summary>
    internal static void Fill(HistoryBatch batch, AssetUpdate update)
    {
        var readings = batch.Readings;
        foreach (ref readonly var reading in update.Readings)
        {
            readings.Add(new ReadingRow(update.Asset, reading.Measurand, reading.Quality, reading.MeasuredAt, reading.Value));
        }

        foreach (ref readonly var window in update.Windows)
        {
            batch.Windows.Add(new WindowRow(update.Asset, window));
        }

        if (update.Transitions.Count > 0)
        {
            batch.Transitions.AddRange(update.Transitions);
        }

        if (update.Message is MessageOutcome.Stored)
        {
            batch.MessagesByRoute[update.Route]++;
        }
    }

    /// <summary>Gives the open batch, if any, to the lane. The caller holds <see cref="Gate"/>.</summary>
    internal void HandOver()
    {
        if (Open is { } batch)
        {
            Open = null;
            Lane.Post(batch);
        }
    }
}
