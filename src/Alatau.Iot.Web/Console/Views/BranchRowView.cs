namespace Alatau.Iot.Web.Console.Views;

/// <summary>A branch of the topology as a row of the tree.</summary>
/// <param name="Key">Element id.</param>
/// <param name="Level">0 for the top.</param>
/// <param name="IsChosen">Whether the page shows it in full.</param>
/// <param name="Load">Sum of its meters' power in the latest minute.</param>
/// <param name="Generation">Sum of its plants' power.</param>
/// <param name="Voltage">Band of its meters, as <c>228.1 – 233.4</c>; empty without one.</param>
/// <param name="Temperature">Mean of its rooms.</param>
/// <param name="Air">Highest carbon dioxide of its rooms.</param>
/// <param name="Reporting">Members in the sum, of those expected.</param>
/// <param name="Completeness">As a percentage; empty when nobody is expected.</param>
/// <param name="Look">Class: <c>partial</c> when something is missing.</param>
public sealed record BranchRowView(
    string Key, string Href, string Name, string Kind, int Level, bool IsChosen, Figure Load, Figure Generation, string Voltage, Figure Temperature, Figure Air, string Reporting, string Completeness, string Customers, string Look);
