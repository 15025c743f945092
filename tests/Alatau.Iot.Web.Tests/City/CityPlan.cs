using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>Four districts with some 150 assets, and the rules that judge them.</summary>
internal static class CityPlan
{
    private static readonly (string Name, string Display)[] s_sites = [("gate", "Gate"), ("golden", "Golden"), ("growing", "Growing"), ("green", "Green")];

    private static readonly string[] s_streets =
        ["Abay Ave", "Tole Bi St", "Satpayev St", "Furmanov St", "Rozybakiev St", "Timiryazev St", "Zhandosov St", "Navoi St"];

    public static Fleet Fleet()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Almaty");
        var assets = new List<Asset>();
        var places = new List<Place>();
        var links = new List<Link>();
        foreach (var (site, display) in s_sites)
        {
            Add(site, "transformer-1", $"Transformer {display} 1, 10/0.4 kV", AssetKind.Transformer, 63_000, 5);
            for (int feeder = 1; feeder <= 3; feeder++)
            {
                Add(site, $"feeder-{feeder}", $"Feeder {feeder}, {s_streets[feeder]}", AssetKind.Feeder, 25_000, 5);
            }

            places.Add(new Place(AssetId.Of(site, "school-12"), $"School {display}", PlaceKind.Building));
            places.Add(new Place(AssetId.Of(site, "school-12-floor-2"), "Floor 2", PlaceKind.Floor));
            Connect(LinkRelation.LocatedIn, site, "school-12-floor-2", "school-12");
            Connect(LinkRelation.LocatedIn, site, "school", "school-12-floor-2");
            Add(site, "pv-park", site == "green" ? "PV park Green Field" : $"PV roof {display} Mall", AssetKind.Solar, site == "green" ? 1_200_000 : 120_000, 5);
            Add(site, "pv-roof", $"PV roof {display} swimming hall", AssetKind.Solar, 60_000, 5);
            Add(site, "battery", $"Battery {display}", AssetKind.Storage, 250_000, 5);
            Add(site, "school", site == "golden" ? "School 12, room 204" : $"School {display}, hall", AssetKind.Building, null, 15);
            Add(site, "library", $"Library {display}", AssetKind.Building, null, 15);
            Add(site, "kindergarten", $"Kindergarten {display}", AssetKind.Building, null, 15);
            for (int meter = 1; meter <= 26; meter++)
            {
                Add(site, $"meter-{meter:000}", $"{s_streets[meter % s_streets.Length]} {(meter * 7) % 90 + 1}", AssetKind.Meter, 15_000, 10);
                Connect(LinkRelation.FedBy, site, $"meter-{meter:000}", $"feeder-{(meter % 3) + 1}");
            }

            for (int feeder = 1; feeder <= 3; feeder++)
            {
                Connect(LinkRelation.FedBy, site, $"feeder-{feeder}", "transformer-1");
            }

            Connect(LinkRelation.FedBy, site, "pv-park", "transformer-1");
        }

        Add("green", "weather", "Weather station Green", AssetKind.Weather, null, 30);
        Add("golden", "heat-station", "Heat station Golden", AssetKind.Water, null, 30);
        return new Fleet("test-city", [.. s_sites.Select(s => new Site(s.Name, s.Display, zone, 43.5, 77.1))], assets, [], new Dictionary<AssetId, AssetId>())
        {
            City = new Core.Fleets.City("test-city", "Test City"),
            Places = places,
            Links = links,
        };

        void Connect(LinkRelation relation, string site, string child, string parent) =>
            links.Add(new Link(relation, AssetId.Of(site, child), AssetId.Of(site, parent), Instant.MinValue, Instant.MaxValue));

        void Add(string site, string name, string display, AssetKind kind, double? rating, int interval) =>
            assets.Add(new Asset(AssetId.Of(site, name), display, kind) { RatedPowerWatts = rating, ReportingInterval = TimeSpan.FromSeconds(interval) });
    }

    public static IReadOnlyList<AlarmRule> Rules(MeasurandCatalog catalog) =>
    [
        new("voltage-high", "Voltage above 253 V", AlarmSeverity.High, new ThresholdCondition(catalog.Id("voltage.l1"), true, 253, 2, TimeSpan.Zero)) { Kinds = [AssetKind.Meter, AssetKind.Transformer] },
        new("voltage-low", "Voltage below 207 V", AlarmSeverity.High, new ThresholdCondition(catalog.Id("voltage.l1"), false, 207, 2, TimeSpan.Zero)) { Kinds = [AssetKind.Meter, AssetKind.Transformer] },
        new("co2-high", "Air: CO₂ above 1,000 ppm", AlarmSeverity.Low, new ThresholdCondition(catalog.Id("co2"), true, 1000, 50, TimeSpan.Zero)) { Kinds = [AssetKind.Building] },
        new("overload", "Transformer above rating", AlarmSeverity.Critical, new ThresholdCondition(catalog.Id("activePower"), true, 63_000, 2_000, TimeSpan.Zero)) { Kinds = [AssetKind.Transformer] },
        new("silent", "No measurement", AlarmSeverity.Medium, new SilenceCondition(null)),
    ];
}
