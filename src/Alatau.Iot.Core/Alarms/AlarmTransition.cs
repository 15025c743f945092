using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Alarms;

/// <summary>One step of one alarm from a state to another, with who and why; never changed afterwards.</summary>
/// <param name="AlarmId">The alarm: <c>site:asset:rule:raisedAt</c> with the time of raising in Unix milliseconds, so that a replay finds the same id.</param>
/// <param name="Asset">Where.</param>
/// <param name="Rule">Which rule.</param>
/// <param name="Title">The rule's title at that time.</param>
/// <param name="Severity">The alarm's severity at that time; of a ladder the highest reached since it was raised.</param>
/// <param name="From">State before.</param>
/// <param name="To">State after; the same as before, unacknowledged, when the severity rose.</param>
/// <param name="At">Event time of the step: the reading's MeasuredAt, the deadline that passed, or the time of the person's action.</param>
/// <param name="RaisedAt">Event time of the alarm's first step out of normal.</param>
/// <param name="Value">The value that caused it, in the measurand's canonical unit; null for silence and for a person's action.</param>
/// <param name="By">Who: a user's name, or <c>platform</c>.</param>
/// <param name="Why">A sentence for people.</param>
public sealed record AlarmTransition(
    string AlarmId,
    AssetId Asset,
    string Rule,
    string Title,
    AlarmSeverity Severity,
    AlarmState From,
    AlarmState To,
    Instant At,
    Instant RaisedAt,
    double? Value,
    string By,
    string Why)
{
    /// <summary>The alarm was suppressed from its first step on by the outage that is its cause: subscribers are told of the outage, not of this. Not kept in a store.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Makes the id of an alarm.</summary>
    public static string IdOf(AssetId asset, string rule, Instant raisedAt) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{asset.Site}:{asset.Name}:{rule}:{raisedAt.UnixMilliseconds}");
}
