namespace Alatau.Iot.Web.Console.Views;

/// <summary>The page of the alarm quality.</summary>
/// <param name="Span">What was judged, for people.</param>
public sealed record QualityView(
    string Span,
    IReadOnlyList<QualityRowView> Figures,
    IReadOnlyList<QualityAlarmView> TopTen,
    IReadOnlyList<QualityAlarmView> Nuisances,
    IReadOnlyList<QualityAlarmView> Stale,
    IReadOnlyList<QualityFloodView> Floods);

/// <summary>A figure with its target.</summary>
/// <param name="Verdict">Class: <c>good</c>, <c>fair</c>, <c>poor</c> or <c>unknown</c>.</param>
/// <param name="VerdictText">In words.</param>
public sealed record QualityRowView(string Name, string Title, string Meaning, Figure Value, string Target, string Verdict, string VerdictText);

/// <summary>An alarm that stands out.</summary>
/// <param name="Note">How: a number and its word.</param>
public sealed record QualityAlarmView(string Title, string Place, string Href, string Note);

/// <summary>A flood.</summary>
public sealed record QualityFloodView(string When, string Length, string Calls, string Peak);
