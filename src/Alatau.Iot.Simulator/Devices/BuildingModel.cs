using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Buildings;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>The air, light and people of one room or floor.</summary>
internal sealed class BuildingModel : SurroundingModel
{
    private readonly NoiseStream noise;
    private readonly BuildingUse use;
    private readonly double floorSquareMetres;
    private readonly double capacity;
    private readonly ZoneAir air;

    private BuildingModel(Asset asset, NoiseStream noise, BuildingUse use, double floorSquareMetres, double capacity)
        : base(asset, Layouts.Building)
    {
        this.noise = noise;
        this.use = use;
        this.floorSquareMetres = floorSquareMetres;
        this.capacity = capacity;
        air = new ZoneAir(floorSquareMetres);
    }

    /// <summary>Attributes: use (office), floorSquareMetres (120), people (one to ten square metres).</summary>
    internal static BuildingModel Create(Asset asset, ModelAttributes attributes, long seed)
    {
        var floor = attributes.Number("floorSquareMetres", 120, 5, 1e6);
        return new BuildingModel(asset, NoiseStream.Of(seed, asset.Id.ToString()), attributes.Choice("use", BuildingUse.Office), floor,
            attributes.Number("people", Math.Max(1, floor / 10), 0, 1e5));
    }

    internal override void Advance(SiteModel site, TimeSpan step)
    {
        var minutes = site.Now.ToUnixTimeMilliseconds() / 60_000.0;
        var hour = Math.Clamp(site.Local.TimeOfDay.TotalHours + (0.4 * (noise.Uniform(2) - 0.5)), 0, 24);
        var share = OccupancySchedule.Share(use, site.DayType, hour);
        var people = Math.Round(capacity * share * Math.Clamp(1 + (0.12 * noise.Branch(1).Smooth(minutes / 20.0, 0.7)), 0.5, 1.3));
        air.Advance(people, site.Air, 0.035 * floorSquareMetres * site.GlobalHorizontal, step);
        Values[0] = air.Co2Ppm + (4 * noise.Branch(2).Smooth(minutes, 0.5));
        Values[1] = air.Celsius + (0.04 * noise.Branch(3).Smooth(minutes, 0.5));
        Values[2] = air.HumidityPercent;
        Values[3] = IndoorLight.Lux(site.GlobalHorizontal, people > 0 ? share : 0) * (1 + (0.02 * noise.Branch(4).Smooth(minutes, 0.5)));
        Values[4] = people;
    }
}
