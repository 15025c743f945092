using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;
using Alatau.Iot.Simulator.Recordings;
using Microsoft.Extensions.DependencyInjection;

namespace Alatau.Iot.Host.Commands;

/// <summary>What a replay takes down the road: the journal of a data folder, or a recorded CSV file, within a span of arrivals.</summary>
/// <param name="from">Inclusive.</param>
/// <param name="to">Exclusive.</param>
internal sealed class ReplaySource(Instant from, Instant to)
{
    private long _read;

    /// <summary>Messages taken so far.</summary>
    public long Read => Interlocked.Read(ref _read);

    /// <summary>What was asked for and is not there, one sentence each.</summary>
    public List<string> Missing { get; } = [];

    /// <summary>The folder with the journal's files: the one named, or <c>journal</c> within it; null when neither holds any.</summary>
    public static string? JournalIn(string folder)
    {
        string within = Path.Combine(folder, "journal");
        return JournalFiles.Exist(folder) ? folder : JournalFiles.Exist(within) ? within : null;
    }

    /// <summary>Takes the journal's records in their order. Its folder is only read.</summary>
    public void FeedJournal(string folder, IServiceProvider rooms, CancellationToken stop)
    {
        using var files = new JournalFiles(folder);
        var replay = new JournalReplay(
            rooms.GetRequiredService<TelemetryRoad>(), rooms.GetRequiredService<AssetEngine>(), rooms.GetRequiredService<AssetDirectory>(), rooms.GetRequiredService<IQuarantine>()) { IsElsewhere = true };
        Instant? oldest = null;
        bool TryRead(out JournalRecord record)
        {
            while (files.TryRead(out record))
            {
                oldest ??= record.ReceivedAt;
                if (record.Kind == JournalKind.Message && record.Route == Ledger.Apart)
                {
                    // What the platform said of itself is no history of an asset.
                    continue;
                }

                if (record.ReceivedAt >= from && record.ReceivedAt < to)
                {
                    _read += record.Kind is JournalKind.Message or JournalKind.QuarantineReplay ? 1 : 0;
                    return true;
                }
            }

            return false;
        }

        replay.Run(TryRead, stop);
        if (files.FirstPosition > 1 && (oldest is null || from < oldest))
        {
            Missing.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The journal begins with record {files.FirstPosition:N0}{(oldest is { } at ? $", which arrived at {at}" : "")}: the {files.FirstPosition - 1:N0} before it have been released, since what came of them is in the store."));
        }

        if (files.Segments.Unread > 0)
        {
            Missing.Add(string.Create(CultureInfo.InvariantCulture, $"{files.Segments.Unread} of {files.Segments.Found} segments were gone or damaged when they were to be read."));
        }

        if (files.LostRecords > 0)
        {
            Missing.Add(string.Create(CultureInfo.InvariantCulture, $"{files.LostRecords:N0} records were in damaged places."));
        }

        if (replay.Unreadable > 0)
        {
            Missing.Add(string.Create(CultureInfo.InvariantCulture, $"{replay.Unreadable:N0} records are of a kind that this program doesn't know, or for an asset that isn't there."));
        }
    }

    /// <summary>Takes the rows of a recording as messages that arrived when they were measured.</summary>
    public void FeedRecording(Recording recording, IServiceProvider rooms, CancellationToken stop)
    {
        var road = rooms.GetRequiredService<TelemetryRoad>();
        byte route = rooms.GetRequiredService<Ledger>().Route("csv");
        byte[] topic = Encoding.UTF8.GetBytes(RecordedMessages.TopicOf(recording));
        if (road.Bind(topic) is not { } binding)
        {
            Missing.Add($"No profile fits the topic {RecordedMessages.TopicOf(recording)}.");
            return;
        }

        foreach (var (at, payload) in RecordedMessages.Of(recording))
        {
            stop.ThrowIfCancellationRequested();
            if (at >= from && at < to)
            {
                _read++;
                road.Replay(binding, new RoadMessage { Topic = topic, Payload = payload.Span, ReceivedAt = at, Route = route, Client = "csv"u8 }, position: 0);
            }
        }
    }
}
