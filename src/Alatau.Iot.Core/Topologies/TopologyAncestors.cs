using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>Walks upward from a node: by feeds, then by location. For <c>foreach</c>; allocates nothing.</summary>
public struct TopologyAncestors
{
    private readonly Topology _topology;
    private readonly int _start;
    private readonly Instant _at;
    private int _node;
    private bool _isByLocation;

    internal TopologyAncestors(Topology topology, int node, Instant at) => (_topology, _start, _at, _node, _isByLocation) = (topology, node, at, node, false);

    public readonly TopologyNode Current => new(_node);

    public readonly TopologyAncestors GetEnumerator() => this;

    public bool MoveNext()
    {
        if (!_isByLocation)
        {
            _node = _topology.Feeder(_node, _at);
            if (_node >= 0)
            {
                return true;
            }

            _isByLocation = true;
            _node = _start;
        }

        _node = _node >= 0 ? _topology.Location(_node, _at) : _node;
        return _node >= 0;
    }
}
