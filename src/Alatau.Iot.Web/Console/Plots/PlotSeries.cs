namespace Alatau.Iot.Web.Console.Plots;

/// <param name="Name">In the legend.</param>
/// <param name="Class">Its look in the style sheet.</param>
/// <param name="IsArea">Whether the area down to zero is filled.</param>
/// <param name="Points">Ascending in time.</param>
public sealed record PlotSeries(string Name, string Class, bool IsArea, IReadOnlyList<PlotPoint> Points);
