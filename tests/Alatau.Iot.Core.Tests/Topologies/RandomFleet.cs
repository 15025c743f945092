using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Core.Tests.Topologies;

/// <summary>A fleet made up from a seed: two sites in a city, places, a grid, and links that change in time.</summary>
internal sealed class RandomFleet
{
    public const int Instants = 6;

    private readonly Random _random;
    private readonly List<Link> _links = [];

    public RandomFleet(int seed)
    {
        _random = new Random(seed);
        var sites = new List<Site> { new("a", "A", TimeZoneInfo.Utc, null, null), new("b", "B", TimeZoneInfo.Utc, null, null) };
        var places = new List<Place>();
        var assets = new List<Asset>();
        for (int i = 0; i < 8; i++)
        {
            places.Add(new Place(Id("p", i), $"Place {i}", (PlaceKind)_random.Next(3)));
        }

        var bare = Id("p", 8);
        places.Add(new Place(bare, "Bare feeder", PlaceKind.Feeder));
        for (int i = 0; i < 5 + _random.Next(25); i++)
        {
            assets.Add(new Asset(Id("n", i), $"Asset {i}", (AssetKind)(1 + _random.Next(6))));
        }

        AssetId[] feeders = [.. places.Where(p => p.Kind == PlaceKind.Feeder).Select(p => p.Id), .. assets.Where(a => a.Kind is AssetKind.Meter or AssetKind.Feeder or AssetKind.Transformer).Select(a => a.Id)];
        var order = feeders.Select((id, index) => (id, index)).ToDictionary(f => f.id, f => f.index);
        foreach (var child in assets.Select(a => a.Id).Append(bare))
        {
            // Only from earlier ones: no circle.
            var above = feeders.Where(f => !order.TryGetValue(child, out int mine) || order[f] < mine).ToArray();
            Link(LinkRelation.FedBy, child, above);
            Link(LinkRelation.LocatedIn, child, [.. places.Where(p => p.Kind <= PlaceKind.Building).Select(p => p.Id)]);
        }

        foreach (var place in places.Where(p => p.Kind <= PlaceKind.Building))
        {
            Link(LinkRelation.LocatedIn, place.Id, [.. places.Where(p => p.Kind <= PlaceKind.Building && p.Kind > place.Kind).Select(p => p.Id)]);
        }

        Fleet = new Fleet("random", sites, assets, [], new Dictionary<AssetId, AssetId>())
        {
            City = new City("c", "C"),
            Places = places,
            Links = _links,
            Customers = assets.Where(a => a.Kind == AssetKind.Meter && _random.Next(3) == 0).ToDictionary(a => a.Id, _ => _random.Next(20)),
        };
        foreach (var asset in assets)
        {
            Directory.TryRegister(asset, out _);
        }
    }

    public Fleet Fleet { get; }

    public AssetDirectory Directory { get; } = new();

    public static Instant At(int step) => new(step * 60_000L);

    private AssetId Id(string prefix, int i) => AssetId.Of(_random.Next(2) == 0 ? "a" : "b", $"{prefix}{i}");

    private void Link(LinkRelation relation, AssetId child, AssetId[] parents)
    {
        if (parents.Length == 0 || _random.Next(4) == 0)
        {
            return;
        }

        if (_random.Next(2) == 0)
        {
            _links.Add(new Link(relation, child, Any(), Instant.MinValue, Instant.MaxValue));
            return;
        }

        int from = _random.Next(-1, Instants);
        while (from < Instants)
        {
            int to = _random.Next(from + 1, Instants + 1);
            _links.Add(new Link(relation, child, Any(), from < 0 ? Instant.MinValue : At(from), to == Instants ? Instant.MaxValue : At(to)));
            from = to + _random.Next(2);
        }

        AssetId Any() => parents[_random.Next(parents.Length)];
    }
}
