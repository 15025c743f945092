using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Reads and validates <c>devices/fleets/&lt;name&gt;.json</c>; reports every fault, returns null when there was one.</summary>
public static class FleetReader
{
    /// <summary>Zone of sites that name none.</summary>
    public const string DefaultTimeZone = "Asia/Almaty";

    /// <param name="file">The file, as the person would name it.</param>
    /// <param name="utf8">Its content.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static Fleet? Read(string file, ReadOnlyMemory<byte> utf8, FileFaults faults)
    {
        int before = faults.All.Count;
        var root = FileNode.Parse(file, utf8, faults);
        if (root is null)
        {
            return null;
        }

        string name = root.Text("name", required: true) ?? "";
        var sites = new Dictionary<string, Site>(StringComparer.Ordinal);
        var links = new LinkReader();
        foreach (var node in root.Items("sites"))
        {
            var site = ReadSite(node, links);
            if (site is not null && !sites.TryAdd(site.Name, site))
            {
                node.FaultAt("name", $"Site '{site.Name}' stands here twice", "Give each site its own name");
            }
        }

        if (sites.Count == 0)
        {
            root.FaultAt("sites", "A fleet needs at least one site", "Add one with a name");
        }

        var assets = new Dictionary<AssetId, Asset>();
        var bindings = new List<DeviceBinding>();
        var customers = new Dictionary<AssetId, int>();
        foreach (var node in root.Items("assets"))
        {
            ReadAsset(node, sites, assets, bindings, links, customers);
        }

        var places = PlaceReader.Read(root, sites, assets, links);
        var city = PlaceReader.ReadCity(root, sites);
        root.ReportUnknown();
        links.Spread(assets.Values);
        var connected = links.Connect(assets, places);
        var fedBy = new Dictionary<AssetId, AssetId>();
        foreach (var link in connected.Where(l => l.Relation == LinkRelation.FedBy).OrderBy(l => l.From))
        {
            fedBy[link.Child] = link.Parent;
        }

        foreach (var twin in bindings.GroupBy(b => (b.Profile, b.Device)).Where(g => g.Count() > 1))
        {
            root.FaultAt("assets", $"Device '{twin.Key.Device}' of profile '{twin.Key.Profile}' is bound to {string.Join(" and ", twin.Select(b => b.Asset))}", "Bind a device to one asset");
        }

        return faults.All.Count > before ? null : new Fleet(name, [.. sites.Values], [.. assets.Values], bindings, fedBy)
        {
            City = city,
            Places = [.. places.Values],
            Links = [.. connected.Where(l => l.Relation != LinkRelation.ReachedThrough)],
            ReachedThrough = [.. connected.Where(l => l.Relation == LinkRelation.ReachedThrough)],
            Customers = customers,
        };
    }

    private static Site? ReadSite(FileNode node, LinkReader links)
    {
        string? name = node.Text("name", required: true);
        string zoneName = node.Text("timeZone") ?? DefaultTimeZone;
        double? latitude = node.Number("latitude", -90, 90);
        double? longitude = node.Number("longitude", -180, 180);
        double altitude = node.Number("altitudeMetres", -500, 9000) ?? 0;
        string? display = node.Text("displayName");
        links.ReadSite(node, name ?? "");
        node.ReportUnknown();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out var zone))
        {
            node.FaultAt("timeZone", $"'{zoneName}' is no time zone of this machine", "Write an IANA name such as Asia/Almaty; install tzdata if it is one");
            return null;
        }

        if (name is not null && !AssetId.IsPart(name))
        {
            node.FaultAt("name", $"'{name}' can't name a site", "Use 1 to 64 characters out of A-Z a-z 0-9 - _ .");
            return null;
        }

        return name is null ? null : new Site(name, display ?? name, zone, latitude, longitude) { AltitudeMetres = altitude };
    }

    private static void ReadAsset(
        FileNode node,
        Dictionary<string, Site> sites,
        Dictionary<AssetId, Asset> assets,
        List<DeviceBinding> bindings,
        LinkReader links,
        Dictionary<AssetId, int> customers)
    {
        string? idText = node.Text("id", required: true);
        var said = node.Choice<AssetKind>("kind", required: true);
        var kind = said ?? AssetKind.Unknown;
        string? display = node.Text("displayName");
        var interval = node.Duration("reportingInterval");
        double? rating = node.Number("ratedPowerWatts", 0, 1e12);
        double? latitude = node.Number("latitude", -90, 90);
        double? longitude = node.Number("longitude", -180, 180);
        var attributes = node.Members("attributes").ToDictionary(m => m.Name, m => m.Node.Element.ToString(), StringComparer.Ordinal);
        double? behind = node.Number("customers", 0, 1_000_000);
        var parsed = AssetId.TryParse(idText, out var id) ? id : (AssetId?)null;
        links.Read(node, parsed, parsed is { } known ? sites.GetValueOrDefault(known.Site)?.TimeZone : null);
        var device = node.Child("device");
        string? profile = device?.Text("profile", required: true);
        string? deviceId = device?.Text("id", required: true);
        device?.ReportUnknown();
        node.ReportUnknown();
        if (idText is null)
        {
            return;
        }

        if (parsed is null)
        {
            node.FaultAt("id", $"'{idText}' is no asset id", "Write site/asset, each of 1 to 64 characters out of A-Z a-z 0-9 - _ .");
            return;
        }

        if (!sites.ContainsKey(id.Site))
        {
            node.FaultAt("id", $"Site '{id.Site}' is not in this fleet", sites.Count == 0 ? "Add it to sites" : $"Add it to sites, or use one of: {string.Join(", ", sites.Keys)}");
        }

        var asset = new Asset(id, display ?? id.Name, kind)
        {
            ReportingInterval = interval,
            RatedPowerWatts = rating,
            Latitude = latitude,
            Longitude = longitude,
            Attributes = attributes,
        };
        if (!assets.TryAdd(id, asset))
        {
            node.FaultAt("id", $"Asset '{id}' stands here twice", "Give each asset its own id");
        }

        if (said is null)
        {
            links.Unjudged.Add(id);
        }
        else if (said == AssetKind.Bridge)
        {
            node.FaultAt("kind", "Bridges stand in the settings, under Ingest:Bridges, and are assets by themselves", "Remove it here; name it as platform/bridge-NAME where something is reached through it");
        }

        if (profile is not null && deviceId is not null)
        {
            bindings.Add(new DeviceBinding(id, profile, deviceId));
        }

        if (behind is { } count)
        {
            if (count != Math.Floor(count))
            {
                node.FaultAt("customers", "Must be a whole number", "Correct the value");
            }

            customers[id] = (int)count;
        }
    }
}
