using System.Text;
using Alatau.Iot.Core.Ledgers;
using Alatau.Iot.Core.Quarantine;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Ingest.Journal;
using Alatau.Iot.Ingest.Pipeline;

namespace Alatau.Iot.Ingest.Sources;

/// <summary>Messages that came by HTTP; they are treated as a PUBLISH on the same topic.</summary>
public sealed class HttpIntake : ITelemetryIntake
{
    /// <summary>Its name in the ledger.</summary>
    public const string RouteName = "http";

    /// <summary>Longest wait for room before the caller is told to come back.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly TelemetryRoad _road;
    private readonly TimeProvider _clock;
    private readonly MessageJournal? _journal;
    private readonly byte _route;

    /// <param name="journal">The road's journal: the answer waits for its commit. Null answers at once.</param>
    public HttpIntake(TelemetryRoad road, Ledger ledger, TimeProvider clock, MessageJournal? journal = null)
    {
        _journal = journal;
        _road = road;
        _clock = clock;
        _route = ledger.Route(RouteName);
    }

    public async ValueTask<IntakeResult> AcceptAsync(ReadOnlyMemory<byte> topic, ReadOnlyMemory<byte> payload, string client, CancellationToken cancellationToken)
    {
        byte[] sender = Encoding.UTF8.GetBytes(client);
        if (_road.Bind(topic.Span) is not { } binding)
        {
            return new IntakeResult(IntakeVerdict.Quarantined, QuarantineReason.UnknownTopic, "No profile fits this topic, so nothing was kept. Use the native topic, or add a profile.");
        }

        long began = _clock.GetTimestamp();
        while (true)
        {
            var answer = Take(binding, topic.Span, payload.Span, sender);
            var result = new IntakeResult(answer.Verdict, answer.Reason, answer.Detail);
            if (answer.Verdict != IntakeVerdict.Busy)
            {
                if (_journal is not null && answer.Position > 0)
                {
                    await _journal.WaitForCommitAsync(answer.Position, cancellationToken);
                }

                return result;
            }

            var left = LongestWait - _clock.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                return result;
            }

            using var limit = new CancellationTokenSource(left, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await _road.WaitForRoomAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return result;
            }
        }
    }

    private RoadAnswer Take(TelemetryBinding binding, ReadOnlySpan<byte> topic, ReadOnlySpan<byte> payload, byte[] sender) => _road.Take(binding, new RoadMessage
    {
        Topic = topic,
        Payload = payload,
        ReceivedAt = Instant.Now(_clock),
        Route = _route,
        Client = sender,
    });
}
