using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>Walks the children of a node. For <c>foreach</c>; allocates nothing.</summary>
public struct TopologyChildren
{
    private readonly Topology _topology;
    private readonly int _parent;
    private readonly Instant _at;
    private int _next;
    private int _node;

    internal TopologyChildren(Topology topology, int node, Instant at) => (_topology, _parent, _at, _next, _node) = (topology, node, at, 0, ParentTable.None);

    public readonly TopologyNode Current => new(_node);

    public readonly TopologyChildren GetEnumerator() => this;

    public bool MoveNext()
    {
        _node = _topology.NextChild(_parent, _next, _at, out int place);
        _next = place + 1;
        return _node >= 0;
    }
}
