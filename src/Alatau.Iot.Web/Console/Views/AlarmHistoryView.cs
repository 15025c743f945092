namespace Alatau.Iot.Web.Console.Views;

/// <summary>One page of the history of alarms.</summary>
/// <param name="Next">Address of the older page; null on the last.</param>
/// <param name="Problem">Why there is nothing to show; null when the store answered.</param>
/// <param name="AssetName">Of the one asset it is narrowed to; empty for all.</param>
/// <param name="Sites">Sites to filter by, name and display name.</param>
public sealed record AlarmHistoryView(
    AlarmHistoryQuery Query, AlarmTally Tally, IReadOnlyList<TransitionView> Steps, string? Next, string? Problem, string AssetName, IReadOnlyList<(string Site, string Name)> Sites);
