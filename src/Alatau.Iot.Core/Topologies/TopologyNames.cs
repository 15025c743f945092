namespace Alatau.Iot.Core.Topologies;

/// <summary>Names of the nodes that are no assets; they have the first indexes.</summary>
internal sealed class TopologyNames
{
    private readonly List<(string Id, string DisplayName)> _names = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);

    /// <returns>False when the id is known already.</returns>
    public bool TryAdd(string id, string displayName, out int index)
    {
        if (_byId.TryGetValue(id, out index))
        {
            return false;
        }

        index = _names.Count;
        _byId[id] = index;
        _names.Add((id, displayName));
        return true;
    }

    public bool TryFind(string id, out int index) => _byId.TryGetValue(id, out index);

    public string IdOf(int index) => _names[index].Id;

    public string DisplayNameOf(int index) => _names[index].DisplayName;
}
