using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Quarantine;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>Takes the payloads that say "mended", refuses all others.</summary>
internal sealed class TestReplay(IQuarantine quarantine) : IQuarantineReplay
{
    public AssetId? AssetOf(string topic) => topic.Split('/') is [_, _, var site, var name, ..] && AssetId.TryOf(site, name, out var id) ? id : null;

    public async ValueTask<QuarantineReplayResult> ReplayAsync(QuarantineFilter filter, CancellationToken cancellationToken)
    {
        var answers = new List<QuarantineReplayAnswer>();
        foreach (var message in filter.List(quarantine, AssetOf, long.MaxValue, int.MaxValue).Reverse())
        {
            answers.Add((await ReplayAsync(message.Number, cancellationToken)).GetValueOrDefault());
        }

        var refused = answers.Where(a => a.Verdict == QuarantineReplayVerdict.Refused).ToList();
        return new QuarantineReplayResult(answers.Count, answers.Count - refused.Count, refused, refused.Count, 0);
    }

    public ValueTask<QuarantineReplayAnswer?> ReplayAsync(long number, CancellationToken cancellationToken) => ValueTask.FromResult<QuarantineReplayAnswer?>(
        quarantine.List(number + 1, 1, alsoReplayed: true) is not [var message] || message.Number != number ? null
        : message.IsReplayed ? new QuarantineReplayAnswer(number, QuarantineReplayVerdict.TakenBefore)
        : Encoding.UTF8.GetString(message.Payload.Span).Contains("crowd", StringComparison.Ordinal) ? new QuarantineReplayAnswer(number, QuarantineReplayVerdict.Busy)
        : Encoding.UTF8.GetString(message.Payload.Span).Contains("mended", StringComparison.Ordinal) && quarantine.MarkReplayed(number) ? new QuarantineReplayAnswer(number, QuarantineReplayVerdict.Taken)
        : new QuarantineReplayAnswer(number, QuarantineReplayVerdict.Refused, message.Reason, "Still broken at byte 7."));
}
