using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Loads;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A customer's meter: the customer's load, less what plants behind the meter produce, plus what sub-meters take.</summary>
internal sealed class MeterModel : AssetModel, IElectricalNode
{
    private readonly Customer customer;
    private readonly MeterFace face;
    private readonly List<IElectricalNode> behind = [];
    private PhasePowers taken;

    private MeterModel(Asset asset, ReadingLayout layout, Customer customer, MeterFace face, double cableMetres)
        : base(asset, layout)
    {
        this.customer = customer;
        this.face = face;
        CableMetres = cableMetres;
    }

    public PhasePowers Taken => taken;

    public double CableMetres { get; }

    /// <summary>Attributes: loadProfile (H0), annualKilowattHours (3000), phases (3), cableMetres (35).</summary>
    internal static MeterModel Create(Asset asset, ModelAttributes attributes, long seed)
    {
        var noise = NoiseStream.Of(seed, asset.Id.ToString());
        var phases = (int)attributes.Number("phases", 3, 1, 3);
        var annual = attributes.Number("annualKilowattHours", 3000, 1, 1e9);
        var layout = phases == 1 ? Layouts.SinglePhaseMeter : Layouts.ThreePhaseMeter;
        var display = new MeterFace(layout, Math.Round(annual * 1000 * (0.5 + (5 * noise.Uniform(1)))), 0);
        return new MeterModel(asset, layout, new Customer(noise, attributes.Choice("loadProfile", LoadProfile.H0), annual, phases), display,
            attributes.Number("cableMetres", 35, 0, 5000));
    }

    internal void Attach(IElectricalNode node) => behind.Add(node);

    public void Draw(SiteModel site, TimeSpan step)
    {
        taken = customer.At(site.Now, site.Local, site.LoadDay);
        foreach (var node in behind)
            taken.Add(node.Taken);
    }

    public void Settle(SiteModel site, PhaseVoltages voltages, double hertz, TimeSpan step)
    {
        face.Show(Values, taken, voltages, hertz, step);
        foreach (var node in behind)
            node.Settle(site, voltages, hertz, step);
    }
}
