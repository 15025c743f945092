namespace Alatau.Iot.Web.Console.Plots;

/// <summary>Something that happened at an instant: a line across the plot.</summary>
/// <param name="At">Unix milliseconds.</param>
/// <param name="Text">What happened.</param>
public sealed record PlotMark(long At, string Text);
