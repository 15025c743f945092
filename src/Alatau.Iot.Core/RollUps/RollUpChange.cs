using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>An asset's window was published, or published again.</summary>
/// <param name="Node">The asset.</param>
/// <param name="Measurand">Of which measurand.</param>
/// <param name="Window">Which window.</param>
/// <param name="Summary">What it is now.</param>
/// <param name="Previous">What was published before; null when nothing was, or when nobody knows: then <paramref name="Summary"/> has a revision above 0.</param>
public readonly record struct RollUpChange(TopologyNode Node, MeasurandId Measurand, Window Window, WindowSummary Summary, WindowSummary? Previous)
{
    public RollUpKey Key => new(Measurand, Window.Span, Window.Start);
}
