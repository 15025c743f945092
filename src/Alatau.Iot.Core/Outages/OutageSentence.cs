using System.Globalization;

namespace Alatau.Iot.Core.Outages;

/// <summary>Says for people what happened to an outage.</summary>
internal static class OutageSentence
{
    public static string Of(OutageChange change) => change.Action switch
    {
        OutageAction.End when change.Into is { } cause => string.Create(CultureInfo.InvariantCulture, $"it was the connection through {cause.DisplayName}: {change.Meters - change.Silent} of {change.Meters} meters speak"),
        OutageAction.End when change.Place.IsConnection => string.Create(CultureInfo.InvariantCulture, $"{Back(change.Place)}: {change.Meters - change.Silent} of {change.Meters} devices behind it speak"),
        OutageAction.End => string.Create(CultureInfo.InvariantCulture, $"mains are back: {change.Meters - change.Silent} of {change.Meters} meters speak"),
        OutageAction.Fold or OutageAction.Begin when change.Into is { IsConnection: false } wider => $"part of the outage at {wider.DisplayName} ({wider.Id})",
        OutageAction.Fold or OutageAction.Begin when change.Into is { } connection => $"no outage of the mains: {Gone(connection)}",
        _ when change.Place.IsConnection => string.Create(
            CultureInfo.InvariantCulture,
            $"{Gone(change.Place)} since {change.Start}: {change.Silent} of {change.Place.MeterCount} devices reached through it are silent"),
        _ => string.Create(CultureInfo.InvariantCulture, $"no mains: {change.Silent} of {change.Meters} meters silent since {change.Start}{Gasps(change.Gasps)}"),
    };

    /// <summary>Why a member's silence alarm is suppressed.</summary>
    public static string Member(OutagePlace place, OutageStep step) =>
        place.IsConnection ? $"{Gone(place)} ({place.Id}) since {step.Start}" : $"no mains: outage at {place.DisplayName} ({place.Id}) since {step.Start}";

    private static string Gone(OutagePlace place) => place.Cause == OutageCause.Broker ? $"no connection to the broker of {place.DisplayName}" : $"the gateway {place.DisplayName} is silent";

    private static string Back(OutagePlace place) => place.Cause == OutageCause.Broker ? "connected again" : "heard again";

    private static string Gasps(int gasps) => gasps > 0 ? string.Create(CultureInfo.InvariantCulture, $", {gasps} by last gasp") : "";
}
