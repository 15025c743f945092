namespace Alatau.Iot.Web.Console.Views;

/// <summary>The band of city totals.</summary>
/// <param name="NetName"><c>Net import</c>, or <c>Net export</c> when the city feeds the grid; the figure is then positive.</param>
/// <param name="Counts">Open alarms by severity, most severe first, those put aside not among them.</param>
public sealed record TotalsView(
    Figure Load, Figure Generation, string NetName, Figure Net, Figure EnergyToday, Figure ProducedToday, IReadOnlyList<(string Severity, int Count)> Counts, int OpenAlarms, string Share, string Reporting, bool IsComplete);
