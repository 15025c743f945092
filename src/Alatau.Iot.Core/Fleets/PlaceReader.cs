using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Reads the places of a fleet file and the city its sites lie in.</summary>
internal static class PlaceReader
{
    private const double SmallestArea = 1;
    private const double LargestArea = 10_000_000;

    public static Dictionary<AssetId, Place> Read(FileNode root, Dictionary<string, Site> sites, Dictionary<AssetId, Asset> assets, LinkReader links)
    {
        var places = new Dictionary<AssetId, Place>();
        foreach (var node in root.Items("places"))
        {
            string? text = node.Text("id", required: true);
            var kind = node.Choice<PlaceKind>("kind", required: true);
            string? display = node.Text("displayName");
            double? area = node.Number("floorSquareMetres", SmallestArea, LargestArea);
            if (area is not null && kind is PlaceKind.Feeder or PlaceKind.Transformer)
            {
                node.FaultAt("floorSquareMetres", $"A {(kind == PlaceKind.Feeder ? "feeder" : "transformer")} has no floor", "Leave it out, or give it to the building");
            }

            var parsed = AssetId.TryParse(text, out var id) ? id : (AssetId?)null;
            if (kind is null)
            {
                links.Unjudged.Add(id);
            }

            links.Read(node, parsed, parsed is { } known ? sites.GetValueOrDefault(known.Site)?.TimeZone : null, isPlace: true);
            node.ReportUnknown();
            if (text is null)
            {
                continue;
            }

            if (parsed is null)
            {
                node.FaultAt("id", $"'{text}' is no id of a place", "Write site/name, each of 1 to 64 characters out of A-Z a-z 0-9 - _ .");
            }
            else if (!sites.ContainsKey(id.Site))
            {
                node.FaultAt("id", $"Site '{id.Site}' is not in this fleet", sites.Count == 0 ? "Add it to sites" : $"Add it to sites, or use one of: {string.Join(", ", sites.Keys)}");
            }
            else if (assets.ContainsKey(id))
            {
                node.FaultAt("id", $"'{id}' is an asset already", "Give the place a name of its own, or leave it out: an asset that feeds needs no place");
            }
            else if (!places.TryAdd(id, new Place(id, display ?? id.Name, kind ?? PlaceKind.Room) { FloorSquareMetres = area }))
            {
                node.FaultAt("id", $"Place '{id}' stands here twice", "Give each place its own id");
            }
        }

        return places;
    }

    public static City? ReadCity(FileNode root, Dictionary<string, Site> sites)
    {
        if (root.Child("city") is not { } node)
        {
            return null;
        }

        string? name = node.Text("name", required: true);
        string? display = node.Text("displayName");
        node.ReportUnknown();
        if (name is null)
        {
            return null;
        }

        if (!AssetId.IsPart(name))
        {
            node.FaultAt("name", $"'{name}' can't name a city", "Use 1 to 64 characters out of A-Z a-z 0-9 - _ .");
            return null;
        }

        if (sites.ContainsKey(name))
        {
            node.FaultAt("name", $"'{name}' is a site already", "Give the city a name of its own");
        }

        return new City(name, display ?? name);
    }
}
