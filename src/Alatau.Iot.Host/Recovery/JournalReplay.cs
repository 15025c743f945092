using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Takes what the journal holds behind a checkpoint down the road again, before the doors open.</summary>
internal static class JournalReplay
{
    /// <summary>Replays every committed record after <paramref name="position"/>, in order.</summary>
    /// <returns>How many.</returns>
    public static long Run(MessageJournal journal, TelemetryRoad road, long position, CancellationToken cancellationToken)
    {
        var topics = new TopicMemory(road);
        using var reader = journal.OpenReader(position + 1);
        long count = 0;
        while (reader.TryRead(out var record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            count++;
            if (topics.Find(record.Topic) is { } binding)
            {
                road.Replay(binding, RoadMessage.From(record), record.Position);
            }
        }

        return count;
    }
}
