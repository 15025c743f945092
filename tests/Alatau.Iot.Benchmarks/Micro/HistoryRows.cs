using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.History;

namespace Alatau.Iot.Benchmarks.Micro;

/// <summary>Fills a batch as a shard does: the rows of one message next to each other.</summary>
internal static class HistoryRows
{
    public const int Messages = 2000;
    public const int Rows = Messages * MicroMessages.Measurands;

    /// <param name="round">Each round brings new instants.</param>
    public static void Fill(HistoryBatch batch, MicroMessages messages, long round)
    {
        batch.Clear();
        for (int i = 0; i < Messages; i++)
        {
            long turn = (round * (Messages / MicroMessages.Assets)) + (i / MicroMessages.Assets);
            foreach (ref readonly var reading in messages.Readings(turn))
            {
                batch.Readings.Add(new ReadingRow(new AssetHandle(i % MicroMessages.Assets), reading.Measurand, reading.Quality, reading.MeasuredAt, reading.Value));
            }
        }
    }
}
