namespace Alatau.Iot.Web.Console.Plots;

/// <summary>A limit of an alarm rule.</summary>
/// <param name="Value">In the plot's unit.</param>
/// <param name="Text">What happens there.</param>
/// <param name="IsReturn">Whether the alarm returns to normal there, instead of being raised.</param>
/// <param name="IsLabelBelow">Whether the label stands below the line: two lines close together have theirs on the far sides.</param>
public sealed record PlotLimit(double Value, string Text, bool IsReturn = false, bool IsLabelBelow = false);
