using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A battery that charges round noon and discharges into the evening; 90 % of what goes in comes out again.</summary>
internal sealed class StorageModel : AssetModel, IElectricalNode
{
    private const double Efficiency = 0.9;

    private readonly double capacityWattHours;
    private readonly double ratedWatts;
    private double charge;
    private PhasePowers taken;

    private StorageModel(Asset asset, double ratedWatts, double capacityWattHours, double startShare, double cableMetres)
        : base(asset, Layouts.Storage)
    {
        this.ratedWatts = ratedWatts;
        this.capacityWattHours = capacityWattHours;
        charge = capacityWattHours * startShare;
        CableMetres = cableMetres;
    }

    public PhasePowers Taken => taken;

    public double CableMetres { get; }

    /// <summary>ratedPowerWatts (50 kW). Attributes: capacityKilowattHours (two hours of the rating), cableMetres (35).</summary>
    internal static StorageModel Create(Asset asset, ModelAttributes attributes, long seed)
    {
        var rated = asset.RatedPowerWatts ?? 50_000;
        return new StorageModel(asset, rated, 1000 * attributes.Number("capacityKilowattHours", rated / 500.0, 0.1, 1e9),
            0.25 + (0.3 * NoiseStream.Of(seed, asset.Id.ToString()).Uniform(1)), attributes.Number("cableMetres", 35, 0, 5000));
    }

    public void Draw(SiteModel site, TimeSpan step)
    {
        var hour = site.Local.TimeOfDay.TotalHours;
        var wish = hour switch
        {
            >= 10 and < 15.5 => -0.7 * ratedWatts,
            >= 17.5 and < 22.5 => 0.6 * ratedWatts,
            _ => 0.0,
        };
        var share = charge / capacityWattHours;

        // Tapers towards full and empty, as cells do.
        var produced = wish < 0 ? wish * Math.Clamp((0.95 - share) / 0.1, 0, 1) : wish * Math.Clamp((share - 0.1) / 0.1, 0, 1);
        charge -= (produced < 0 ? produced * Efficiency : produced) * step.TotalHours;
        charge = Math.Clamp(charge, 0, capacityWattHours);
        taken = default;
        for (var phase = 0; phase < 3; phase++)
            taken.Add(phase, -produced / 3, 0);
        Values[0] = produced;
        Values[1] = 100 * charge / capacityWattHours;
        Values[4] = 22 + (9 * Math.Abs(produced) / ratedWatts);
    }

    public void Settle(SiteModel site, PhaseVoltages voltages, double hertz, TimeSpan step)
    {
        Values[2] = (voltages.V1 + voltages.V2 + voltages.V3) / 3;
        Values[3] = hertz;
    }
}
