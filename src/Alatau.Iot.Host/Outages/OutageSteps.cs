using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Outages;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Engine;
using Alatau.Iot.Host.Recovery;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;

namespace Alatau.Iot.Host.Outages;

/// <summary>Writes a step of an outage into the journal, when there is one, and gives it to every shard at the same place among the messages.</summary>
internal sealed class OutageSteps(MessageJournal? journal, TelemetryRoad road, AssetEngine engine, AssetDirectory assets, TimeProvider clock) : IOutageSteps
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(20);

    public async ValueTask<bool> CarryAsync(OutageStep step, CancellationToken cancellationToken)
    {
        byte[] payload = OutageRecord.Payload(step, assets);
        long began = clock.GetTimestamp();
        while (true)
        {
            var (isPlaced, done) = road.AtRest(() => (Place(step, payload, out var carried), carried));
            if (isPlaced)
            {
                try
                {
                    await done.WaitAsync(cancellationToken);
                    return true;
                }
                catch (InvalidOperationException)
                {
                    return false;
                }
            }

            if (clock.GetElapsedTime(began) > JournaledCommands.LongestWait)
            {
                return false;
            }

            await Task.Delay(s_again, clock, cancellationToken);
        }
    }

    public Task TakeCensusAsync(Action<AssetHandle, OutageSign> take, Action<AssetHandle, Instant, bool> outage, CancellationToken cancellationToken) =>
        engine.TakeCensusAsync(take, outage, cancellationToken);

    /// <summary>Nobody else posts meanwhile, so the room there is stays.</summary>
    /// <returns>False when there is none.</returns>
    private bool Place(OutageStep step, byte[] payload, out Task done)
    {
        done = Task.CompletedTask;
        if (!engine.HasRoomEverywhere)
        {
            return false;
        }

        var release = Task.CompletedTask;
        if (journal is not null)
        {
            if (!journal.TryAppend(OutageRecord.Of(step, payload), out long position))
            {
                return false;
            }

            release = journal.WaitForCommitAsync(position, CancellationToken.None).AsTask();
        }

        return engine.TryPostOutage(step, release, out done);
    }
}
