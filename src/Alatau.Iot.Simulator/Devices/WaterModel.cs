using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Loads;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A water meter: flow by the habits of households, a register that adds it up by the trapezoid rule.</summary>
internal sealed class WaterModel : SurroundingModel
{
    private readonly NoiseStream noise;
    private readonly double meanCubicMetresPerHour;
    private double volume;
    private double lastFlow = double.NaN;

    private WaterModel(Asset asset, NoiseStream noise, double annualCubicMetres)
        : base(asset, Layouts.Water)
    {
        this.noise = noise;
        meanCubicMetresPerHour = annualCubicMetres / 8760.0;
        volume = Math.Round(annualCubicMetres * (0.5 + (4 * noise.Uniform(1))));
    }

    /// <summary>Attributes: annualCubicMetres (20,000).</summary>
    internal static WaterModel Create(Asset asset, ModelAttributes attributes, long seed) =>
        new(asset, NoiseStream.Of(seed, asset.Id.ToString()), attributes.Number("annualCubicMetres", 20_000, 1, 1e9));

    internal override void Advance(SiteModel site, TimeSpan step)
    {
        var minutes = site.Now.ToUnixTimeMilliseconds() / 60_000.0;

        // 1000 kWh a year are 114 W on average: the household shape over its mean is the day's rhythm.
        var rhythm = site.LoadDay.Watts(LoadProfile.H0, site.Local) / 114.16;
        var flow = meanCubicMetresPerHour * rhythm * Math.Exp((0.25 * noise.Branch(1).Smooth(minutes / 5.0, 0.8)) - 0.031);
        volume += double.IsNaN(lastFlow) ? 0 : (lastFlow + flow) / 2 * step.TotalHours;
        lastFlow = flow;
        Values[0] = volume;
        Values[1] = flow;
        Values[2] = 4200 - (300 * rhythm) + (40 * noise.Branch(2).Smooth(minutes / 5.0, 0.8));
    }
}
