namespace Alatau.Iot.Core.Topologies;

/// <summary>A node of one <see cref="Topology"/>, by its index there. Another topology gives it another index: outside this process use its id.</summary>
public readonly record struct TopologyNode(int Index);
