using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Runtime;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Web.Live;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Web.Api;

/// <summary>Where a person's request to an alarm is checked and passed on; the API and the console's form use it alike.</summary>
internal sealed class AlarmDesk(AlarmBook book, AssetDirectory assets, IAlarmCommandIntake intake, TimeProvider clock)
{
    /// <summary>Longest shelving; an alarm must come back within a day.</summary>
    public static readonly TimeSpan MaximumShelving = TimeSpan.FromHours(24);

    private const int MaximumName = 100;
    private const int MaximumReason = 500;

    public async Task<IResult> ActAsync(string alarmId, AlarmAction action, AlarmRequest request, CancellationToken cancellationToken)
    {
        var query = new QueryReader();
        string by = request.By?.Trim() ?? "";
        string why = request.Why?.Trim() ?? "";
        if (by.Length is 0 or > MaximumName)
        {
            query.Fault("by", $"by must name the person, in 1 to {MaximumName} characters.");
        }

        if (why.Length > MaximumReason || (why.Length == 0 && action is (AlarmAction.Shelve or AlarmAction.Suppress or AlarmAction.RemoveFromService)))
        {
            query.Fault("why", $"why must give the reason in at most {MaximumReason} characters; putting an alarm aside (shelve, suppress, out-of-service) demands one.");
        }

        TimeSpan? shelveFor = null;
        if (action == AlarmAction.Shelve)
        {
            if (FileNode.TryDuration(request.For ?? "", out var span) && span > TimeSpan.Zero && span <= MaximumShelving)
            {
                shelveFor = span;
            }
            else
            {
                query.Fault("for", "for must be a time up to 24 hours, as 30m or 2h.");
            }
        }

        if (query.HasFaults)
        {
            return query.Problem();
        }

        var alarm = book.Find(alarmId);
        if (Find(alarmId, alarm) is not { } place)
        {
            return Problems.UnknownAlarm(alarmId);
        }

        var command = new AlarmCommand(place.Asset, place.Rule, action, Instant.Now(clock), by, why, shelveFor, alarm is null ? null : alarmId);
        var result = await intake.SendAsync(command, cancellationToken);
        return result switch
        {
            AlarmCommandResult.Done or AlarmCommandResult.AlreadySo => TypedResults.Ok(new AlarmAnswer(alarmId, Words.Of(result))),
            AlarmCommandResult.NotAllowed => Problems.Of(
                StatusCodes.Status409Conflict, "not-allowed", "The alarm's state doesn't allow it", $"{Words.Of(action)} is not possible while the alarm is {Words.Of(alarm?.Last.To ?? AlarmState.Normal)}."),
            AlarmCommandResult.NotTaken => Problems.Of(
                StatusCodes.Status503ServiceUnavailable, "journal-unavailable", "The request can't be kept", "The journal takes nothing at the moment, so nothing was done. /health/ready says why; try again when it is well."),
            _ => Problems.UnknownAlarm(alarmId),
        };
    }

    /// <summary>The alarm by its id; or, as <c>site:asset:rule</c>, one that isn't raised: it can be put aside before it is.</summary>
    private (AssetHandle Asset, string Rule)? Find(string alarmId, OpenAlarm? alarm)
    {
        if (alarm is not null)
        {
            return assets.TryFind(alarm.Last.Asset, out var found) ? (found, alarm.Last.Rule) : null;
        }

        string[] parts = alarmId.Split(':');
        return parts.Length == 3 && AssetId.TryOf(parts[0], parts[1], out var id) && assets.TryFind(id, out var asset) ? (asset, parts[2]) : null;
    }
}
