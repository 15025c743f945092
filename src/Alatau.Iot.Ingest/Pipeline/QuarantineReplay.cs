using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;

namespace Alatau.Iot.Ingest.Pipeline;

/// <summary>Sends quarantined messages through again, in batches.</summary>
/// <remarks>
/// With a journal: each message is written there anew under its number, then posted; when the batch is committed its numbers are marked, and meanwhile no checkpoint is taken. A kill before the commit leaves
/// it in quarantine; a kill after it replays the record, which marks the number. So it is never lost and never counted twice. Without a journal a kill between posting and marking leaves it listed,
/// and sending it once more finds a duplicate.
/// Who asks for those that were stamped ahead of their arrival says that it was our clock which was wrong: they are judged by the clock of now.
/// </remarks>
/// <param name="hold">Keeps checkpoints away until what it answers is disposed of; null when there are none.</param>
public sealed class QuarantineReplay(
    TelemetryRoad road, IQuarantine quarantine, AssetDirectory assets, Ledger ledger, TimeProvider clock, MessageJournal? journal = null, Func<CancellationToken, Task<IDisposable>>? hold = null)
    : IQuarantineReplay, IDisposable
{
    /// <summary>Longest wait of a batch for room on the road.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private const int Batch = 256;

    private readonly SemaphoreSlim _one = new(1);

    public AssetId? AssetOf(string topic) => road.AssetOf(Encoding.UTF8.GetBytes(topic)) is { } handle ? assets[handle].Id : null;

    public async ValueTask<QuarantineReplayResult> ReplayAsync(QuarantineFilter filter, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            // The oldest first, as they came; of each only its number is held.
            long[] numbers = [.. filter.List(quarantine, AssetOf, long.MaxValue, int.MaxValue).Select(message => message.Number).Order()];
            var (taken, refusedCount, busy) = (0L, 0L, 0L);
            var refused = new List<QuarantineReplayAnswer>();
            foreach (long[] batch in numbers.Chunk(Batch))
            {
                foreach (var answer in await BatchAsync(batch, filter.Reason == QuarantineReason.ClockAhead, cancellationToken))
                {
                    taken += answer.Verdict == QuarantineReplayVerdict.Taken ? 1 : 0;
                    busy += answer.Verdict == QuarantineReplayVerdict.Busy ? 1 : 0;
                    if (answer.Verdict == QuarantineReplayVerdict.Refused && refusedCount++ < QuarantineReplayResult.MostNamed)
                    {
                        refused.Add(answer);
                    }
                }
            }

            return new QuarantineReplayResult(numbers.Length, taken, refused, refusedCount, busy);
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask<QuarantineReplayAnswer?> ReplayAsync(long number, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var answers = await BatchAsync([number], trustsStamps: false, cancellationToken);
            return answers.Count > 0 ? answers[0] : null;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<List<QuarantineReplayAnswer>> BatchAsync(long[] numbers, bool trustsStamps, CancellationToken cancellationToken)
    {
        var answers = new List<QuarantineReplayAnswer>(numbers.Length);
        using var held = hold is null ? null : await hold(cancellationToken);
        using var limit = new CancellationTokenSource(LongestWait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        long last = 0;
        foreach (long number in numbers)
        {
            if (quarantine.Find(number) is not { } message)
            {
                continue;
            }

            if (message.IsReplayed)
            {
                answers.Add(new QuarantineReplayAnswer(number, QuarantineReplayVerdict.TakenBefore));
                continue;
            }

            var answer = await SendAsync(trustsStamps && message.Reason == QuarantineReason.ClockAhead ? message with { ReceivedAt = Instant.Now(clock) } : message, either.Token);
            last = Math.Max(last, answer.Position);
            answers.Add(new QuarantineReplayAnswer(
                number,
                answer.Verdict switch { IntakeVerdict.Taken => QuarantineReplayVerdict.Taken, IntakeVerdict.Busy => QuarantineReplayVerdict.Busy, _ => QuarantineReplayVerdict.Refused },
                answer.Reason,
                answer.Detail));
        }

        // What is on the road stays there, whoever has stopped waiting: it is marked in any case.
        if (journal is not null && last > 0)
        {
            await journal.WaitForCommitAsync(last, CancellationToken.None);
        }

        quarantine.MarkReplayed([.. answers.Where(answer => answer.Verdict == QuarantineReplayVerdict.Taken).Select(answer => answer.Number)]);
        cancellationToken.ThrowIfCancellationRequested();
        return answers;
    }

    private async ValueTask<RoadAnswer> SendAsync(QuarantinedMessage message, CancellationToken limit)
    {
        byte[] topic = Encoding.UTF8.GetBytes(message.Topic);
        if (message.Reason == QuarantineReason.LostInOutbox)
        {
            return new RoadAnswer(IntakeVerdict.Quarantined, 0, message.Reason, "It speaks of messages whose rows were lost on disk; nothing is left to be sent again.");
        }

        if (message.IsCut)
        {
            return new RoadAnswer(IntakeVerdict.Quarantined, 0, message.Reason, "Bytes of its payload are missing, so it can't be sent again. Raise Ingest:Quarantine:MaximumPayloadBytes for the next ones.");
        }

        if (road.Bind(topic) is not { } binding)
        {
            return new RoadAnswer(IntakeVerdict.Quarantined, 0, QuarantineReason.UnknownTopic, "No profile's topic template fits its topic.");
        }

        byte[] client = Encoding.UTF8.GetBytes(message.Client);
        byte route = RouteOf(message);
        bool isInAccount = ledger.Read(route).Quarantined > 0 && (message.IsOfThisRun || (journal is not null && message.Position > 0));
        while (true)
        {
            var answer = Send(binding, topic, message, client, route, new AgainMark(message.Number, isInAccount));
            if (answer.Verdict != IntakeVerdict.Busy || limit.IsCancellationRequested)
            {
                return answer;
            }

            try
            {
                await road.WaitForRoomAsync(limit);
            }
            catch (OperationCanceledException)
            {
                return answer;
            }
        }
    }

    private RoadAnswer Send(TelemetryBinding binding, byte[] topic, QuarantinedMessage message, byte[] client, byte route, AgainMark mark) => road.Resend(
        binding,
        new RoadMessage { Topic = topic, Payload = message.Payload.Span, ReceivedAt = message.ReceivedAt, Route = route, Client = client },
        mark);

    /// <summary>The route it came in on; what came by a bridge that is gone counts as HTTP, where a person could have sent it.</summary>
    private byte RouteOf(QuarantinedMessage message)
    {
        var routes = ledger.Routes;
        for (byte route = 0; route < routes.Count; route++)
        {
            if (string.Equals(routes[route], message.Route, StringComparison.Ordinal))
            {
                return route;
            }
        }

        return ledger.Route(Sources.HttpIntake.RouteName);
    }
}
