namespace Alatau.Iot.Web.Console.Views;

/// <summary>One asset in a table.</summary>
/// <param name="Key">Stem of the row's element ids.</param>
/// <param name="Look">Class of the row: empty, <c>stale</c> or <c>never</c>.</param>
/// <param name="Beside">Further values in a line.</param>
/// <param name="At">MeasuredAt in Unix milliseconds; null when it never measured.</param>
/// <param name="Age">Its age now.</param>
/// <param name="Quality">Empty when good.</param>
/// <param name="Spark">Path of the last hour in a box of 120 by 20.</param>
public sealed record RowView(
    string Key, string Href, string Name, string Site, string SiteName, string Kind, string Look, Figure Main, string MainName, IReadOnlyList<string> Beside, long? At, string Age, string Quality, string Spark, AlarmMark? Alarm);
