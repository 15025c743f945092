using System.Text;
using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Engine;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;

namespace Alatau.Iot.Host.Recovery;

/// <summary>Writes a person's request to an alarm into the journal before it is carried out, at the same place among the asset's messages as it has in the journal.</summary>
/// <remarks>Nothing comes of a request before it is on disk, so a kill at any instant leaves either no trace of it, or one that the replay makes again. The road stands still while it finds its place: microseconds.</remarks>
internal sealed class JournaledCommands(MessageJournal journal, TelemetryRoad road, AssetEngine engine, AssetDirectory assets, TimeProvider clock) : IAlarmCommandIntake
{
    /// <summary>Longest wait for room in journal and inbox.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    public async ValueTask<AlarmCommandResult> SendAsync(AlarmCommand command, CancellationToken cancellationToken)
    {
        byte[] payload = AlarmCommandRecord.Payload(command, assets[command.Asset].Id);
        byte[] by = Encoding.UTF8.GetBytes(command.By);
        using var limit = new CancellationTokenSource(LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        while (true)
        {
            var (isPlaced, done) = road.AtRest(() => (Place(command, payload, by, out var answer), answer));
            if (isPlaced)
            {
                return await done.WaitAsync(cancellationToken);
            }

            try
            {
                await engine.WaitForRoomAsync(command.Asset, either.Token);
                await journal.WaitForRoomAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return AlarmCommandResult.NotTaken;
            }
        }
    }

    /// <summary>Nobody else posts meanwhile, so the room there is stays.</summary>
    /// <returns>False when there is none.</returns>
    private bool Place(AlarmCommand command, byte[] payload, byte[] by, out Task<AlarmCommandResult> done)
    {
        done = Task.FromResult(AlarmCommandResult.NotTaken);
        if (!engine.HasRoom(command.Asset) || !journal.TryAppend(AlarmCommandRecord.Of(command, payload, by), out long position))
        {
            return false;
        }

        if (!engine.TryPost(command, journal.WaitForCommitAsync(position, CancellationToken.None).AsTask(), out done))
        {
            done = Task.FromException<AlarmCommandResult>(new InvalidOperationException("The platform is stopping; the request is carried out at its next start."));
        }

        return true;
    }
}
