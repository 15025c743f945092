namespace Alatau.Iot.Web.Console.Views;

/// <summary>One measurand of an asset.</summary>
/// <param name="Href">The page with this measurand's plot.</param>
/// <param name="IsPlotted">Whether its plot is the one shown.</param>
/// <param name="Register">The canonical value in full, which a counter's reader compares with the meter.</param>
public sealed record ValueRowView(string Key, string Name, string Measurand, string Href, bool IsPlotted, Figure Value, string Register, string Quality, string MeasuredAt, long At, string Age);
