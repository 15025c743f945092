using Alatau.Iot.Core.Alarms;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>Something a person can do to an alarm, as a button.</summary>
/// <param name="Verb">In the form and in the API.</param>
/// <param name="Label">On the button.</param>
/// <param name="Done">What is said when it was done.</param>
/// <param name="NeedsReason">Whether it is refused without one.</param>
/// <param name="NeedsSpan">Whether it is for a limited time.</param>
public sealed record AlarmDeed(AlarmAction Action, AlarmInput Input, string Verb, string Label, string Done, bool NeedsReason, bool NeedsSpan)
{
    public static readonly AlarmDeed Acknowledge = new(AlarmAction.Acknowledge, AlarmInput.Acknowledge, "acknowledge", "Acknowledge", "Acknowledged", false, false);

    public static readonly AlarmDeed Shelve = new(AlarmAction.Shelve, AlarmInput.Shelve, "shelve", "Shelve", "Shelved", true, true);

    public static readonly IReadOnlyList<AlarmDeed> All =
    [
        Acknowledge,
        Shelve,
        new(AlarmAction.Unshelve, AlarmInput.Unshelve, "unshelve", "Unshelve", "Unshelved", false, false),
        new(AlarmAction.Suppress, AlarmInput.Suppress, "suppress", "Suppress", "Suppressed", true, false),
        new(AlarmAction.Unsuppress, AlarmInput.Unsuppress, "unsuppress", "Unsuppress", "Unsuppressed", false, false),
        new(AlarmAction.RemoveFromService, AlarmInput.RemoveFromService, "out-of-service", "Out of service", "Taken out of service", true, false),
        new(AlarmAction.ReturnToService, AlarmInput.ReturnToService, "return-to-service", "Return to service", "Back in service", false, false),
    ];

    /// <summary>Times on the shelf to choose from, in the words of the API; the longest is the longest allowed.</summary>
    public static readonly IReadOnlyList<(string Value, string Text)> Spans =
        [("15m", "15 min"), ("30m", "30 min"), ("1h", "1 h"), ("2h", "2 h"), ("4h", "4 h"), ("8h", "8 h"), ("12h", "12 h"), ("24h", "24 h")];

    /// <summary>Chosen unless a person chooses another.</summary>
    public const string UsualSpan = "2h";

    /// <summary>What changes an open alarm of that state; one that is over is left alone.</summary>
    public static IEnumerable<AlarmDeed> Of(AlarmState state) => All.Where(d => state != AlarmState.Normal && d.Changes(state));

    /// <summary>What changes an alarm of one of the states that a list shows.</summary>
    public static IEnumerable<AlarmDeed> Of(IEnumerable<AlarmState> states) => All.Where(d => states.Any(d.Changes));

    private bool Changes(AlarmState state) => AlarmMachine.Next(state, Input, isAbnormal: true) is { } next && next != state;
}
