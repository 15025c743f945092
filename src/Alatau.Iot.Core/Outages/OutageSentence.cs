using System.Globalization;

namespace Alatau.Iot.Core.Outages;

/// <summary>Says for people what happened to an outage.</summary>
internal static class OutageSentence
{
    public static string Of(OutageChange change) => change.Action switch
    {
        OutageAction.End => string.Create(CultureInfo.InvariantCulture, $"mains are back: {change.Meters - change.Silent} of {change.Meters} meters speak"),
        OutageAction.Fold => $"part of the outage at {change.Into!.DisplayName} ({change.Into.Id})",
        _ => string.Create(CultureInfo.InvariantCulture, $"no mains: {change.Silent} of {change.Meters} meters silent since {change.Start}{Gasps(change.Gasps)}"),
    };

    /// <summary>Why a member's silence alarm is suppressed.</summary>
    /// <param name="place">Display name and id of the place.</param>
    public static string Member(string place, OutageStep step) => $"no mains: outage at {place} since {step.Start}";

    private static string Gasps(int gasps) => gasps > 0 ? string.Create(CultureInfo.InvariantCulture, $", {gasps} by last gasp") : "";
}
