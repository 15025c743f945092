using Alatau.Iot.Web.Console.Plots;

namespace Alatau.Iot.Web.Console.Views;

/// <summary>All that the page of an asset shows at one moment.</summary>
/// <param name="Look">Class: empty, <c>stale</c> or <c>never</c>.</param>
/// <param name="Facts">What the fleet says of it, name and text.</param>
/// <param name="PlotProblem">Why there is no plot; null when there is one.</param>
/// <param name="Windows">The latest of the plotted measurand, newest first.</param>
/// <param name="WindowProblem">Why there are no windows; null when the store answered.</param>
/// <param name="Places">Who feeds it and what it lies in, by the topology.</param>
public sealed record AssetView(
    AssetQuery Query,
    string Name,
    string SiteName,
    string Kind,
    string Look,
    long? At,
    string Age,
    IReadOnlyList<(string Name, string Text)> Facts,
    IReadOnlyList<ValueRowView> Values,
    string PlotName,
    Plot? Plot,
    string? PlotProblem,
    IReadOnlyList<AlarmRowView> Alarms,
    IReadOnlyList<TransitionView> Transitions,
    IReadOnlyList<DeliveryRowView> Deliveries,
    IReadOnlyList<WindowRowView> Windows,
    string? WindowProblem,
    IReadOnlyList<(string What, IReadOnlyList<(string Name, string Href)> Places)> Places);
