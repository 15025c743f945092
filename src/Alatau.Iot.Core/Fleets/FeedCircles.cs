using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Finds what feeds itself, at whatever time.</summary>
internal static class FeedCircles
{
    /// <summary>Links that stand in a circle, each circle once, with an instant at which it is closed (<see cref="Instant.MinValue"/> when it always is).</summary>
    /// <remarks>What no circle can hold, even if all links held at once, is put aside first; of the rest, which is little, each instant at which a link begins is tried.</remarks>
    public static List<(Instant At, int Link)> Find(IReadOnlyList<Link> links)
    {
        var children = links.Select((link, index) => (link, index)).ToLookup(l => l.link.Parent, l => l.index);
        var above = links.GroupBy(l => l.Child).ToDictionary(g => g.Key, g => g.Count());
        var isFree = new bool[links.Count];
        var free = new Queue<AssetId>(links.Select(l => l.Parent).Distinct().Where(p => !above.ContainsKey(p)));
        while (free.TryDequeue(out var top))
        {
            foreach (int index in children[top])
            {
                isFree[index] = true;
                if (--above[links[index].Child] == 0)
                {
                    free.Enqueue(links[index].Child);
                }
            }
        }

        int[] left = [.. Enumerable.Range(0, links.Count).Where(i => !isFree[i])];
        var found = new List<(Instant, int)>();
        var told = new HashSet<AssetId>();
        foreach (var at in left.Select(i => links[i].From).Distinct().Order())
        {
            // At one instant each has at most one above it; where files say otherwise, that is a fault of its own.
            var up = new Dictionary<AssetId, int>();
            foreach (int index in left.Where(i => links[i].Holds(at)))
            {
                up[links[index].Child] = index;
            }

            var seen = new HashSet<AssetId>();
            foreach (var start in up.Keys)
            {
                var way = new HashSet<AssetId>();
                var node = start;
                while (!seen.Contains(node) && way.Add(node) && up.TryGetValue(node, out int index))
                {
                    node = links[index].Parent;
                }

                if (way.Contains(node) && !seen.Contains(node) && up.TryGetValue(node, out int closing) && told.Add(node))
                {
                    found.Add((at, closing));
                    for (var each = links[closing].Parent; each != node; each = links[up[each]].Parent)
                    {
                        told.Add(each);
                    }
                }

                seen.UnionWith(way);
            }
        }

        return found;
    }
}
