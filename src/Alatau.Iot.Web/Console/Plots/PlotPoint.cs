namespace Alatau.Iot.Web.Console.Plots;

/// <param name="At">Unix milliseconds.</param>
/// <param name="Value">In the plot's unit; not finite breaks the line.</param>
public readonly record struct PlotPoint(long At, double Value);
