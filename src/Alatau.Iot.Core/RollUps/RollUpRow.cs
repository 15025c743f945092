using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>One window of a branch on its way to a store or a screen; a higher revision replaces a lower one.</summary>
/// <param name="Node">Id of the branch's node.</param>
/// <param name="Kind">What the node is.</param>
/// <param name="Members">What the assets in it are.</param>
/// <param name="Measurand">Of which measurand.</param>
/// <param name="Window">Which window.</param>
/// <param name="Summary">What it says.</param>
public readonly record struct RollUpRow(string Node, NodeKind Kind, NodeKind Members, MeasurandId Measurand, Window Window, RollUpSummary Summary);
