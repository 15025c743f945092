using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Topologies;

/// <summary>What is above each node in one relation: four bytes a node, and a list for those whose parent changes with time.</summary>
internal sealed class ParentTable
{
    public const int None = -1;

    private const int FirstDated = -2;

    // The parent's index; None; or FirstDated minus the place in the list of dated ones.
    private readonly int[] _up;
    private readonly List<(int Otherwise, DatedParent[] Parents)> _dated = [];

    public ParentTable(int nodes)
    {
        _up = new int[nodes];
        Array.Fill(_up, None);
    }

    /// <summary>Nodes whose parent changes with time.</summary>
    public int DatedCount => _dated.Count;

    public void Set(int node, int parent) => _up[node] = parent;

    /// <param name="otherwise">The parent at other times; <see cref="None"/> for none.</param>
    /// <param name="parents">In order of time.</param>
    public void Set(int node, int otherwise, DatedParent[] parents)
    {
        _up[node] = FirstDated - _dated.Count;
        _dated.Add((otherwise, parents));
    }

    /// <summary>The parent's index, or <see cref="None"/>.</summary>
    public int Of(int node, Instant at)
    {
        int up = _up[node];
        return up >= None ? up : Dated(FirstDated - up, at);
    }

    /// <summary>Everything that is ever above a node, each once.</summary>
    public IEnumerable<int> Ever(int node)
    {
        int up = _up[node];
        if (up >= None)
        {
            return up == None ? [] : [up];
        }

        var (otherwise, parents) = _dated[FirstDated - up];
        return parents.Select(p => p.Parent).Append(otherwise).Where(p => p != None).Distinct();
    }

    private int Dated(int index, Instant at)
    {
        var (otherwise, parents) = _dated[index];
        foreach (ref readonly var each in parents.AsSpan())
        {
            if (at >= each.From && at < each.To)
            {
                return each.Parent;
            }
        }

        return otherwise;
    }
}
