using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Devices;
using Alatau.Iot.Simulator.Physics.Weather;

namespace Alatau.Iot.Simulator.Tests.Devices;

public sealed class DistrictProperties
{
    private static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 6, 21, 0, 0, 0, TimeSpan.FromHours(5)));

    [Fact]
    public void Advance_SameSeed_GivesTheSameReadings()
    {
        var first = Run(Fleet(), 42, 60);
        Assert.Equal(first, Run(Fleet(), 42, 60));
        Assert.NotEqual(first, Run(Fleet(), 43, 60));
    }

    [Fact]
    public void Advance_FewerDevices_ACustomerDrawsTheSame()
    {
        var whole = Fleet();
        var alone = whole with
        {
            Assets = [.. whole.Assets.Where(asset => asset.Id.ToString() == "golden/m-home-01")],
            FedBy = new Dictionary<AssetId, AssetId>(),
        };
        var inCrowd = Create(whole, 42);
        var byItself = Create(alone, 42);
        for (var minute = 0; minute < 300; minute += 5)
        {
            inCrowd.Advance(Start + TimeSpan.FromMinutes(minute));
            byItself.Advance(Start + TimeSpan.FromMinutes(minute));
            Assert.Equal(Value(inCrowd, "golden/m-home-01", "activePower"), Value(byItself, "golden/m-home-01", "activePower"));
            Assert.Equal(Value(inCrowd, "golden/m-home-01", "energyImport"), Value(byItself, "golden/m-home-01", "energyImport"));
        }
    }

    [Fact]
    public void Advance_OtherSteps_PowerIsAFunctionOfTheInstant()
    {
        var coarse = Create(Fleet(), 42);
        var fine = Create(Fleet(), 42);
        for (var minute = 0; minute <= 120; minute++)
        {
            fine.Advance(Start + TimeSpan.FromMinutes(minute));
            if (minute % 30 != 0)
                continue;
            coarse.Advance(Start + TimeSpan.FromMinutes(minute));
            foreach (var model in fine.Models.Where(model => model.Asset.Kind is AssetKind.Meter or AssetKind.Solar))
                Assert.Equal(Value(fine, model.Asset.Id.ToString(), "activePower"), Value(coarse, model.Asset.Id.ToString(), "activePower"));
        }
    }

    [Fact]
    public void Advance_WholeDay_FeedersAndTransformersSeeExactlyTheirMembersAndLosses()
    {
        var fleet = Fleet();
        var district = Create(fleet, 42);
        for (var hour = 0; hour < 24; hour++)
        {
            district.Advance(Start + TimeSpan.FromHours(hour));
            foreach (var model in district.Models)
            {
                var members = fleet.FedBy.Where(link => link.Value == model.Asset.Id).Select(link => link.Key).ToList();
                var sum = members.Sum(id => Sign(fleet, id) * Value(district, id.ToString(), "activePower"));
                switch (model)
                {
                    case FeederModel feeder:
                        Assert.Equal(sum + feeder.LossWatts, feeder.Values[0], 1e-6);
                        Assert.InRange(feeder.LossWatts, 0, 0.06 * Math.Max(Math.Abs(sum), 20_000));
                        break;
                    case TransformerModel transformer:
                        Assert.Equal(sum + transformer.LossWatts, transformer.Values[0], 1e-6);
                        break;
                }
            }
        }
    }

    [Fact]
    public void Advance_WholeWeek_EverythingStaysWithinWhatTheMeasurandsAllow()
    {
        var catalog = new MeasurandCatalog();
        var district = Create(Fleet(), 7);
        var extremes = (Low: double.MaxValue, High: double.MinValue);
        for (var minute = 0; minute < 7 * 24 * 60; minute += 20)
        {
            district.Advance(Start + TimeSpan.FromMinutes(minute));
            foreach (var model in district.Models)
            {
                for (var i = 0; i < model.Values.Length; i++)
                {
                    var name = model.Layout.Names[i];
                    Assert.True(catalog[catalog.Id(name)].Accepts(model.Values[i]), $"{model.Asset.Id} {name} {model.Values[i]}");
                    if (name.StartsWith("voltage", StringComparison.Ordinal))
                        extremes = (Math.Min(extremes.Low, model.Values[i]), Math.Max(extremes.High, model.Values[i]));
                }
            }
        }

        // EN 50160 allows 207 to 253 V; a healthy district stays inside.
        Assert.InRange(extremes.Low, 207, 228);
        Assert.InRange(extremes.High, 233, 253);
    }

    [Fact]
    public void Advance_WholeDay_RegistersNeverFallAndMatchTheirPower()
    {
        var district = Create(Fleet(), 11);
        var energy = new Dictionary<string, (double First, double Last, double Integral, double Power)>(StringComparer.Ordinal);
        for (var minute = 0; minute <= 24 * 60; minute++)
        {
            district.Advance(Start + TimeSpan.FromMinutes(minute));
            foreach (var model in district.Models.Where(model => model.Asset.Kind == AssetKind.Meter))
            {
                var id = model.Asset.Id.ToString();
                var register = Value(district, id, "energyImport");
                var power = Math.Max(0, Value(district, id, "activePower"));
                if (!energy.TryGetValue(id, out var before))
                {
                    energy[id] = (register, register, 0, power);
                    continue;
                }

                Assert.True(register >= before.Last, id);
                energy[id] = (before.First, register, before.Integral + ((before.Power + power) / 120), power);
            }
        }

        Assert.All(energy.Values, total => Assert.Equal(total.Integral, total.Last - total.First, 1e-3));
    }

    [Fact]
    public void Advance_ClearNoonInJune_PlantsProduceAndTheTransformerSeesIt()
    {
        var district = Create(Fleet(), 42, SkyCondition.Clear);
        district.Advance(Start + TimeSpan.FromHours(2));
        Assert.Equal(0, Value(district, "green/pv-park", "activePower"));
        Assert.Equal(0, Value(district, "green/pv-park", "irradiance"));
        district.Advance(Start + TimeSpan.FromHours(12));
        Assert.InRange(Value(district, "green/pv-park", "activePower"), 250_000, 400_000);
        Assert.InRange(Value(district, "green/pv-park", "irradiance"), 850, 1150);
        Assert.True(Value(district, "green/transformer-4", "activePower") < 0);
    }

    internal static Fleet Fleet()
    {
        var path = Path.Combine(ShippedFiles.Devices, "fleets", "alatau.json");
        var faults = new FileFaults();
        var fleet = FleetReader.Read(path, File.ReadAllBytes(path), faults);
        Assert.Empty(faults.All);
        return fleet!;
    }

    private static District Create(Fleet fleet, long seed, SkyCondition sky = SkyCondition.Natural)
    {
        var faults = new FileFaults();
        var district = District.Create("alatau.json", fleet, seed, sky, 0, faults);
        Assert.Empty(faults.All);
        return district!;
    }

    private static List<double> Run(Fleet fleet, long seed, int steps)
    {
        var district = Create(fleet, seed);
        var all = new List<double>();
        for (var i = 0; i < steps; i++)
        {
            district.Advance(Start + TimeSpan.FromMinutes(i));
            all.AddRange(district.Models.SelectMany(model => model.Values));
        }

        return all;
    }

    private static int Sign(Fleet fleet, AssetId id) =>
        fleet.Assets.Single(asset => asset.Id == id).Kind is AssetKind.Solar or AssetKind.Storage ? -1 : 1;

    private static double Value(District district, string asset, string measurand)
    {
        var model = district.Models.Single(model => model.Asset.Id.ToString() == asset);
        return model.Values[model.Layout.Find(measurand)];
    }
}
