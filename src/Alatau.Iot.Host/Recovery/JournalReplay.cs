using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Engine;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Takes what the journal holds behind a checkpoint down the road again, before the doors open: messages, what people asked of alarms, and the steps of outages, in their order.</summary>
internal sealed class JournalReplay(TelemetryRoad road, AssetEngine engine, AssetDirectory assets, IQuarantine quarantine)
{
    private readonly Func<bool> _hasRoom = () => engine.HasRoomEverywhere;

    /// <summary>Records taken again.</summary>
    public long Count { get; private set; }

    /// <summary>Records of a kind or version that this program doesn't know, or for an asset that is gone; passed over.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Where records come from; their spans are valid until the next call.</summary>
    public delegate bool Source(out JournalRecord record);

    /// <summary>Whether the records are another platform's, whose quarantine isn't ours: then a message it sent through again is a message like others.</summary>
    public bool IsElsewhere { get; init; }

    /// <summary>Replays every committed record after <paramref name="position"/>, in order.</summary>
    public void Run(MessageJournal journal, long position, CancellationToken cancellationToken)
    {
        using var reader = journal.OpenReader(position + 1);
        Run(reader.TryRead, cancellationToken);
    }

    /// <summary>Replays every record of the source.</summary>
    public void Run(Source source, CancellationToken cancellationToken)
    {
        var topics = new TopicMemory(road);
        while (source(out var record))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Count++;
            switch (record.Kind)
            {
                case JournalKind.Message:
                    if (topics.Find(record.Topic) is { } binding)
                    {
                        // So that a stop is heard while the shards wait for the store.
                        Insist(_hasRoom, cancellationToken);
                        road.Replay(binding, RoadMessage.From(record), record.Position);
                    }

                    break;
                case JournalKind.AlarmCommand when AlarmCommandRecord.TryRead(record, assets, out var command):
                    Insist(() => engine.TryPost(command!, Task.CompletedTask, out _), cancellationToken);
                    break;
                case JournalKind.Outage when OutageRecord.TryRead(record, assets, out var step):
                    Insist(() => engine.HasRoomEverywhere && engine.TryPostOutage(step!, Task.CompletedTask, out _), cancellationToken);
                    break;
                case JournalKind.Time or JournalKind.Start:
                    var (at, isStart) = (record.ReceivedAt, record.Kind == JournalKind.Start);
                    Insist(() => engine.HasRoomEverywhere && engine.TryPostTime(at, isStart, Task.CompletedTask), cancellationToken);
                    break;
                case JournalKind.QuarantineReplay when AgainMark.TryRead(record, out var mark, out var again):
                    if (topics.Find(record.Topic) is { } known)
                    {
                        Again(known, again, mark, record.Position);
                    }

                    break;
                default:
                    Unreadable++;
                    break;
            }
        }
    }

    private void Again(TelemetryBinding binding, in RoadMessage message, AgainMark mark, long position)
    {
        if (IsElsewhere)
        {
            road.Replay(binding, message, position);
        }
        else if (road.ReplayAgain(binding, message, mark, position))
        {
            quarantine.MarkReplayed(mark.Number);
        }
    }

    /// <summary>The shards are at work on what waits; nobody else posts.</summary>
    private static void Insist(Func<bool> post, CancellationToken cancellationToken)
    {
        var spin = default(SpinWait);
        while (!post())
        {
            cancellationToken.ThrowIfCancellationRequested();
            spin.SpinOnce();
        }
    }
}
