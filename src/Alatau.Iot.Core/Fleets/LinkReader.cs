using System.Globalization;
using System.Text;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Fleets;

/// <summary>Gathers the relations of a fleet file and judges them together once all assets and places are known. Reports every fault.</summary>
internal sealed class LinkReader
{
    private static readonly (LinkRelation Relation, string Member)[] s_members =
        [(LinkRelation.FedBy, "fedBy"), (LinkRelation.LocatedIn, "locatedIn"), (LinkRelation.MeteredBy, "meteredBy"),
        (LinkRelation.ReachedThrough, "reachedThrough")];

    private const string SiteMember = "reachedThrough";

    private readonly List<(FileNode Node, string Member, Link Link)> _read = [];
    private readonly List<(FileNode Node, string Site, string Text)> _sites = [];

    /// <summary>What has a kind that could not be read: that is told already, and its links aren't judged by it.</summary>
    public HashSet<AssetId> Unjudged { get; } = [];

    /// <summary>Reads the relations of an asset or place.</summary>
    /// <param name="node">Its object.</param>
    /// <param name="id">Null when its id is faulty: then only the form is judged.</param>
    /// <param name="zone">Of its site, for dates; null when the site is unknown.</param>
    /// <param name="isPlace">What has no device is reached through nothing.</param>
    public void Read(FileNode node, AssetId? id, TimeZoneInfo? zone, bool isPlace = false)
    {
        foreach (var (relation, member) in s_members)
        {
            if ((isPlace && relation == LinkRelation.ReachedThrough) || node.Child(member) is not { } child)
            {
                continue;
            }

            if (child.Element.ValueKind == System.Text.Json.JsonValueKind.String)
            {
                Add(node, member, relation, id, child.Element.GetString()!, Instant.MinValue, Instant.MaxValue);
                continue;
            }

            if (child.Element.ValueKind != System.Text.Json.JsonValueKind.Array)
            {
                child.Fault("Must be a text or a list", "Write \"site/name\", or a list of {\"node\": \"site/name\", \"from\": \"2026-03-01\", \"to\": \"2026-09-01\"}");
                continue;
            }

            foreach (var item in node.Items(member))
            {
                string? parent = item.Text("node", required: true);
                var from = Day(item, "from", zone) ?? Instant.MinValue;
                var to = Day(item, "to", zone) ?? Instant.MaxValue;
                item.ReportUnknown();
                if (from >= to)
                {
                    item.FaultAt("to", "Ends before it begins", "Write a later end, or leave it out while it lasts");
                }
                else if (parent is not null)
                {
                    Add(item, "node", relation, id, parent, from, to);
                }
            }
        }
    }

    /// <summary>Reads what the assets of a site are reached through when they don't say it themselves; judged with the rest.</summary>
    /// <param name="node">The site's object.</param>
    public void ReadSite(FileNode node, string site)
    {
        if (node.Text(SiteMember) is { } text)
        {
            _sites.Add((node, site, text));
        }
    }

    /// <summary>Gives what sites say to their assets. Called once all assets are read.</summary>
    public void Spread(IEnumerable<Asset> assets)
    {
        var said = _read.Where(l => l.Link.Relation == LinkRelation.ReachedThrough).Select(l => l.Link.Child).ToHashSet();
        foreach (var (node, site, text) in _sites)
        {
            if (!AssetId.TryParse(text, out var parent))
            {
                node.FaultAt(SiteMember, $"'{text}' is no asset id", "Write site/name of the gateway, or platform/bridge-NAME for a bridge of the settings");
                continue;
            }

            // A gateway is not behind its neighbour because the rest of the site is.
            _read.AddRange(assets
                .Where(a => a.Id.Site == site && a.Id != parent && !said.Contains(a.Id) && (a.Kind != AssetKind.Gateway || PlatformAsset.IsBridge(parent)))
                .Select(a => (node, SiteMember, new Link(LinkRelation.ReachedThrough, a.Id, parent, Instant.MinValue, Instant.MaxValue))));
        }
    }

    /// <summary>Judges all relations read.</summary>
    /// <param name="assets">All assets of the file.</param>
    /// <param name="places">All its places.</param>
    public IReadOnlyList<Link> Connect(Dictionary<AssetId, Asset> assets, Dictionary<AssetId, Place> places)
    {
        var rules = new LinkRules(assets, places);
        var links = new List<(FileNode Node, string Member, Link Link)>();
        foreach (var (node, member, link) in _read)
        {
            bool isBridge = link.Relation == LinkRelation.ReachedThrough && PlatformAsset.IsBridge(link.Parent);
            if (!isBridge && !assets.ContainsKey(link.Parent) && !places.ContainsKey(link.Parent))
            {
                string what = link.Relation == LinkRelation.LocatedIn ? "Place" : "Asset";
                string cure = link.Relation switch
                {
                    LinkRelation.LocatedIn => "Name a place of this file; what lies nowhere else lies in its site",
                    LinkRelation.ReachedThrough => "Name a gateway of this file, or platform/bridge-NAME for a bridge of the settings",
                    _ => "Name an asset or a place of this file",
                };
                node.FaultAt(member, $"{what} '{link.Parent}' is not in this fleet", cure);
            }
            else if (!Unjudged.Contains(link.Child) && !Unjudged.Contains(link.Parent) && rules.Refuse(link) is { } refused)
            {
                node.FaultAt(member, refused.Problem, refused.Cure);
            }
            else
            {
                links.Add((node, member, link));
            }
        }

        foreach (var same in links.GroupBy(l => (l.Link.Relation, l.Link.Child)).Where(g => g.Skip(1).Any()))
        {
            var ordered = same.OrderBy(l => l.Link.From).ToList();
            for (int i = 1; i < ordered.Count; i++)
            {
                if (ordered[i].Link.From < ordered[i - 1].Link.To)
                {
                    var (node, member, link) = ordered[i];
                    node.FaultAt(member, $"Holds from {Say(link.From)} on, while '{link.Child}' still belongs to '{ordered[i - 1].Link.Parent}' until {Say(ordered[i - 1].Link.To)}", "End the earlier one where the later one begins; an end is exclusive");
                }
            }
        }

        RefuseCircles([.. links.Where(l => l.Link.Relation == LinkRelation.FedBy)], "is fed by itself");
        RefuseCircles([.. links.Where(l => l.Link.Relation == LinkRelation.ReachedThrough)], "is reached through itself");
        return [.. links.Select(l => l.Link)];
    }

    private static void RefuseCircles(List<(FileNode Node, string Member, Link Link)> links, string what)
    {
        foreach (var (at, circle) in FeedCircles.Find([.. links.Select(l => l.Link)]))
        {
            var (node, member, link) = links[circle];
            string when = at == Instant.MinValue ? "" : $" at {Say(at)}";
            node.FaultAt(member, $"'{link.Child}' {what} in a circle{when}", "Remove one link of the circle");
        }
    }

    private void Add(FileNode node, string member, LinkRelation relation, AssetId? id, string text, Instant from, Instant to)
    {
        if (!AssetId.TryParse(text, out var parent))
        {
            string above = relation switch
            {
                LinkRelation.FedBy => "of the feeder or transformer above",
                LinkRelation.LocatedIn => "of the room, floor or building it lies in; its site needn't be said",
                LinkRelation.ReachedThrough => "of the gateway, or platform/bridge-NAME for a bridge of the settings",
                _ => "of the meter",
            };
            node.FaultAt(member, $"'{text}' is no asset id", $"Write site/name {above}");
        }
        else if (id is { } child)
        {
            _read.Add((node, member, new Link(relation, child, parent, from, to)));
        }
    }

    private static Instant? Day(FileNode node, string member, TimeZoneInfo? zone)
    {
        if (node.Text(member) is not { } text)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return LocalDay.StartOf(date, zone ?? TimeZoneInfo.Utc);
        }

        if (Instant.TryParse(Encoding.UTF8.GetBytes(text), out var instant))
        {
            return instant;
        }

        node.FaultAt(member, $"'{text}' is no date", "Write a local day as 2026-03-01 (it begins at midnight of the site), or an instant as 2026-03-01T10:30:00+05:00");
        return null;
    }

    private static string Say(Instant at) => at == Instant.MinValue ? "ever" : at == Instant.MaxValue ? "ever" : at.ToString();
}
