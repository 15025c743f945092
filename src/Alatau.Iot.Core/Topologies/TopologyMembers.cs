using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>Walks all that is below a node, depth first. For <c>foreach</c>; allocates nothing: the way back is found by the parents.</summary>
public struct TopologyMembers
{
    private readonly Topology _topology;
    private readonly int _root;
    private readonly Instant _at;
    private readonly bool _isSpatial;
    private int _node;

    internal TopologyMembers(Topology topology, int node, Instant at) => (_topology, _root, _at, _isSpatial, _node) = (topology, node, at, topology.IsSpatial(node), node);

    public readonly TopologyNode Current => new(_node);

    public readonly TopologyMembers GetEnumerator() => this;

    public bool MoveNext()
    {
        // What lies in a building is fed by a feeder, but what it feeds needn't lie there.
        int next = _isSpatial && !_topology.IsSpatial(_node) ? ParentTable.None : _topology.NextChild(_node, 0, _at, out _);
        while (next < 0)
        {
            if (_node == _root)
            {
                return false;
            }

            int parent = _isSpatial ? _topology.Location(_node, _at) : _topology.Feeder(_node, _at);
            next = _topology.NextChild(parent, _topology.PlaceOf(parent, _node) + 1, _at, out _);
            _node = parent;
        }

        _node = next;
        return true;
    }
}
