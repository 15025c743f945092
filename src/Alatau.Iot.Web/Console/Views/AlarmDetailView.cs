using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Web.Console.Plots;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>All that the page of one alarm shows at one moment.</summary>
/// <param name="Id">The alarm.</param>
/// <param name="State">Where it stands; normal when it is over.</param>
/// <param name="StateText">The state in a sentence, with who and until when.</param>
/// <param name="RaisedAt">Unix milliseconds while it is open; null once it is over, when <paramref name="Lasted"/> says how long it was.</param>
/// <param name="Facts">Name and text.</param>
/// <param name="Cause">What the step that raised it said.</param>
/// <param name="Advice">What to do, by the rule; may be empty.</param>
/// <param name="Deeds">What a person can do to it now.</param>
/// <param name="Steps">Oldest first.</param>
/// <param name="PlotProblem">Why there is no plot; null when there is one.</param>
/// <param name="IsLastHour">Whether the plot is of the last hour, instead of the hour around the raising.</param>
public sealed record AlarmDetailView(
    string Id,
    AlarmMark Mark,
    string Title,
    AlarmState State,
    string StateText,
    string AssetName,
    string AssetHref,
    string Site,
    string SiteName,
    long? RaisedAt,
    string Age,
    string Lasted,
    IReadOnlyList<(string Name, string Text)> Facts,
    string Cause,
    string Advice,
    IReadOnlyList<AlarmDeed> Deeds,
    IReadOnlyList<TransitionView> Steps,
    IReadOnlyList<DeliveryRowView> Deliveries,
    string PlotName,
    Plot? Plot,
    string? PlotProblem,
    bool IsLastHour)
{
    /// <summary>What is known of the outage while it lasts; null for another alarm.</summary>
    public OutageRowView? Outage { get; init; }

    public string Href => AlarmReader.Href(Id);

    /// <summary>The page with the other hour.</summary>
    public string HrefOf(bool isLastHour) => Href + (isLastHour ? "?hour=last" : "?hour=raised");
}
