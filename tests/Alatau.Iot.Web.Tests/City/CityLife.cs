using Alatau.Iot.Core.Alarms;
using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Readings;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Core.Windows;

namespace Alatau.Iot.Web.Tests.City;

/// <summary>Plausible values for every asset of the plan at any instant: seeded, smooth, with the shapes of a winter noon.</summary>
internal sealed class CityLife(TestCity city, int seed)
{
    private readonly Random _random = new(seed);
    private readonly Dictionary<string, double> _walk = [];

    /// <summary>Measures all assets once, but those that are silent.</summary>
    public void Step(Instant at, params string[] silent)
    {
        foreach (var asset in city.Assets.Snapshot().ToArray())
        {
            string id = asset.Id.ToString();
            if (!silent.Contains(id))
            {
                city.Runtime.Measure(id, at, Values(asset, at));
            }
        }
    }

    /// <summary>A day of quarter hours of transformers and plants, for the curve of the day.</summary>
    public void FillDay(Instant now)
    {
        var power = city.Catalog.Id("activePower");
        foreach (var asset in city.Assets.Snapshot().ToArray().Where(a => a.Kind is AssetKind.Transformer or AssetKind.Solar))
        {
            var first = Window.Holding(now - TimeSpan.FromHours(24), WindowSpan.QuarterHour).Start;
            for (var at = first; at < now; at += TimeSpan.FromMinutes(15))
            {
                double hour = (at + TimeSpan.FromHours(5)).ToDateTimeOffset().TimeOfDay.TotalHours;
                double sun = Math.Max(0, Math.Sin((hour - 7.5) / 9.5 * Math.PI));
                double value = asset.Kind == AssetKind.Solar
                    ? asset.RatedPowerWatts!.Value * 0.035 * sun * (0.8 + (0.2 * _random.NextDouble()))
                    : 32_000 + (14_000 * Math.Exp(-Math.Pow((hour - 8) / 2, 2))) + (22_000 * Math.Exp(-Math.Pow((hour - 19.5) / 2.4, 2))) - (9_000 * sun) + (1_500 * _random.NextDouble());
                city.History.Add(asset.Id, power.Value, WindowSpan.QuarterHour, new(at, value, Quality.Good, new WindowSummary(180, value * 0.9, value * 1.1, value, value, 0, 1, 0, Quality.Good)));
            }
        }
    }

    /// <summary>Alarms of every severity and state, as a shift finds them.</summary>
    public void RaiseAlarms(Instant now)
    {
        Raise("green/meter-012", "voltage-high", 254.3, TimeSpan.FromSeconds(40), "254.3 V is at or above 253 V.");
        Raise("growing/transformer-1", "overload", 63_900, TimeSpan.FromMinutes(3), "63.9 kW is at or above 63 kW.");
        Raise("golden/school", "co2-high", 1340, TimeSpan.FromMinutes(12), "1340 ppm is at or above 1000 ppm.");
        Raise("gate/meter-004", "silent", null, TimeSpan.FromMinutes(26), "No measurement for 30 s.");
        Raise("golden/meter-019", "voltage-low", 204.8, TimeSpan.FromMinutes(49), "204.8 V is at or below 207 V.");
        Raise("gate/library", "co2-high", 1120, TimeSpan.FromHours(2), "1120 ppm is at or above 1000 ppm.");
        city.Runtime.Move("golden/meter-019", city.Rule("voltage-low"), AlarmState.Acknowledged, now - TimeSpan.FromMinutes(40), null, "Aigerim", "Crew is on the way");
        city.Runtime.Move("gate/library", city.Rule("co2-high"), AlarmState.ReturnedUnacknowledged, now - TimeSpan.FromHours(1), 930, why: "930 ppm is below 950 ppm.");

        void Raise(string asset, string rule, double? value, TimeSpan ago, string why) => city.Runtime.Move(asset, city.Rule(rule), AlarmState.Unacknowledged, now - ago, value, why: why);
    }

    /// <summary>What nobody wants of alarms: one that chatters, a flood of different ones, and one that nobody has looked after for days.</summary>
    public void Nuisances(Instant now)
    {
        var high = city.Rule("voltage-high");
        city.Runtime.Move("golden/meter-019", city.Rule("voltage-low"), AlarmState.Unacknowledged, now - TimeSpan.FromDays(2), 204);
        for (int i = 0; i < 5; i++)
        {
            var at = now - TimeSpan.FromHours(5) + TimeSpan.FromSeconds(i * 12);
            city.Runtime.Move("gate/meter-004", high, AlarmState.Unacknowledged, at, 253.2);
            city.Runtime.Move("gate/meter-004", high, AlarmState.ReturnedUnacknowledged, at + TimeSpan.FromSeconds(6), 250.9);
        }

        foreach (var (asset, i) in city.Assets.Snapshot().ToArray().Where(a => a.Kind == AssetKind.Meter && a.Id.Name != "meter-004").Take(14).Select((a, i) => (a, i)))
        {
            city.Runtime.Move(asset.Id.ToString(), high, AlarmState.Unacknowledged, now - TimeSpan.FromHours(3) + TimeSpan.FromSeconds(i * 20), 256);
            city.Runtime.Move(asset.Id.ToString(), high, AlarmState.ReturnedUnacknowledged, now - TimeSpan.FromHours(2) + TimeSpan.FromSeconds(i * 20), 240);
            city.Runtime.Move(asset.Id.ToString(), high, AlarmState.Normal, now - TimeSpan.FromHours(1), null, "Aigerim");
        }
    }

    private (string Name, double Value, Quality Quality)[] Values(Asset asset, Instant at)
    {
        double minute = at.UnixMilliseconds / 60_000.0;
        double own = (asset.Id.Name.Sum(c => c) * 37 % 100) / 100.0;
        double Walk(string name, double middle, double step)
        {
            string key = asset.Id + name;
            double value = _walk.GetValueOrDefault(key, middle);
            value += ((_random.NextDouble() - 0.5) * step) + ((middle - value) * 0.05);
            return _walk[key] = value;
        }

        double volts = Walk("v", 229 + (own * 5), 0.8);
        switch (asset.Kind)
        {
            case AssetKind.Transformer:
                double total = asset.Id.Site == "growing" ? Walk("p", 63_800, 300) : Walk("p", 42_000 + (own * 12_000), 600);
                return [("activePower", total, Quality.Good), ("voltage.l1", volts, Quality.Good), ("current.l1", total / 690, Quality.Good), ("frequency", 50 + Walk("f", 0, 0.02), Quality.Good), ("energyImport", 81_234_000_000 + (minute * 6000), Quality.Good)];
            case AssetKind.Feeder:
                return [("activePower", Walk("p", 14_000 + (own * 4_000), 300), Quality.Good), ("current.l1", Walk("a", 21, 0.6), Quality.Good), ("voltage.l1", volts, Quality.Good)];
            case AssetKind.Solar:
                double sun = 0.62 + (0.2 * Math.Sin(minute / 7)) + Walk("c", 0, 0.06);
                double made = asset.RatedPowerWatts!.Value * 0.08 * sun;
                return [("activePower", made, Quality.Good), ("irradiance", 610 * sun, Quality.Good), ("moduleTemperature", 4 + (22 * sun), Quality.Good), ("energyProduced", 412_000_000 + (minute * 500), Quality.Good)];
            case AssetKind.Storage:
                return [("activePower", Walk("p", 4_000, 900), Quality.Good), ("stateOfCharge", Walk("s", 61, 0.3), Quality.Good)];
            case AssetKind.Building:
                return [("co2", Walk("co2", asset.Id.ToString() == "golden/school" ? 1340 : 620 + (own * 240), 22), asset.Id.Name == "kindergarten" && asset.Id.Site == "green" ? Quality.Uncertain : Quality.Good), ("ambientTemperature", Walk("t", 21.3, 0.1), Quality.Good), ("humidity", Walk("h", 38, 0.5), Quality.Good), ("illuminance", Walk("l", 420, 20), Quality.Good)];
            case AssetKind.Weather:
                return [("irradiance", 480 + Walk("i", 0, 20), Quality.Good), ("ambientTemperature", Walk("t", -3.4, 0.1), Quality.Good), ("windSpeed", Walk("w", 2.8, 0.4), Quality.Good), ("humidity", Walk("h", 71, 0.5), Quality.Good)];
            case AssetKind.Water:
                return [("flowRate", Walk("q", 18.4, 0.4), Quality.Good), ("volume", 48_230 + (minute / 100 % 1000), Quality.Good), ("ambientTemperature", Walk("t", 74.2, 0.2), Quality.Good)];
            default:
                double load = Math.Max(60, Walk("p", 350 + (own * own * 5200), 160 + (own * 260)));
                double v = asset.Id.ToString() == "green/meter-012" ? Walk("vh", 254.1, 0.3) : volts;
                return [("activePower", load, Quality.Good), ("voltage.l1", v, Quality.Good), ("current.l1", load / v, Quality.Good), ("energyImport", 8_234_500 + (own * 1e6) + (minute * 10 % 1e6), Quality.Good)];
        }
    }
}
