using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Topologies;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Core.RollUps;

/// <summary>The present sums of branches, for screens. Any thread.</summary>
public interface IRollUps
{
    /// <summary>Of each measurand and kind of members of a node the latest window that ended by an instant; empty for a node that holds nothing.</summary>
    IReadOnlyList<RollUpRow> Latest(TopologyNode node, WindowSpan span, Instant endedBy);
}
