using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>The meter of a transformer station: the sum of its feeders and direct members plus the transformer's losses.</summary>
internal sealed class TransformerModel : AssetModel, IElectricalNode
{
    private const double DefaultRating = 630_000;

    private readonly List<IElectricalNode> members = [];
    private readonly TransformerCore core;
    private readonly MeterFace face;
    private readonly NoiseStream supply;
    private PhasePowers taken;
    private PhasePowers load;

    internal TransformerModel(Asset asset, long seed)
        : base(asset, Layouts.Transformer)
    {
        core = new TransformerCore(asset.RatedPowerWatts ?? DefaultRating);
        supply = NoiseStream.Of(seed, asset.Id.ToString());
        face = new MeterFace(Layouts.Transformer, Math.Round(4e9 * (0.2 + supply.Uniform(1))), 0);
    }

    public PhasePowers Taken => taken;

    public double CableMetres => 0;

    /// <summary>The transformer's own losses, W.</summary>
    internal double LossWatts { get; private set; }

    internal IReadOnlyList<IElectricalNode> Members => members;

    internal void Attach(IElectricalNode node) => members.Add(node);

    public void Draw(SiteModel site, TimeSpan step)
    {
        load = default;
        foreach (var member in members)
            load.Add(member.Taken);

        LossWatts = core.NoLoadWatts + core.LoadLossWatts(load.Apparent);
        taken = load;
        for (var phase = 0; phase < 3; phase++)
            taken.Add(phase, LossWatts / 3, 0);
    }

    /// <summary>A transformer sets its own voltage: the medium-voltage supply wanders by about one percent round 234 V; what is given is not used.</summary>
    public void Settle(SiteModel site, PhaseVoltages voltages, double hertz, TimeSpan step)
    {
        var minutes = site.Now.ToUnixTimeMilliseconds() / 60_000.0;
        var noLoad = 234.0 + (1.1 * supply.Branch(1).Smooth(minutes / 10.0, 0.9)) + (0.25 * supply.Branch(2).Smooth(minutes * 2, 0.6));
        var busbar = core.Busbar(noLoad, load);
        face.Show(Values, taken, busbar, hertz, step);
        Values[16] = core.LoadingPercent(load.Apparent);
        Values[17] = core.TopOilCelsius(load.Apparent, site.Air.TemperatureCelsius, step);
        foreach (var member in members)
            member.Settle(site, busbar, hertz, step);
    }
}
