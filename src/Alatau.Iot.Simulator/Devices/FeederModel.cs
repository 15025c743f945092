using Alatau.Iot.Core.Assets;
using Alatau.Iot.Simulator.Physics.Electricity;
using Alatau.Iot.Simulator.Physics.Noise;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>The meter at the head of a cable: sees exactly the sum of the members along it, plus the cable's own losses.</summary>
internal sealed class FeederModel : AssetModel, IElectricalNode
{
    private readonly List<IElectricalNode> members = [];
    private readonly MeterFace face;
    private PhasePowers taken;
    private PhasePowers[] powers = [];
    private PhasePowers[] flows = [];
    private PhaseVoltages[] voltagesAlong = [];
    private double[] metres = [];

    internal FeederModel(Asset asset, long seed)
        : base(asset, Layouts.ThreePhaseMeter) =>
        face = new MeterFace(Layouts.ThreePhaseMeter, Math.Round(1e9 * (0.2 + NoiseStream.Of(seed, asset.Id.ToString()).Uniform(1))), 0);

    public PhasePowers Taken => taken;

    public double CableMetres => 0;

    /// <summary>What the cable takes, W.</summary>
    internal double LossWatts { get; private set; }

    /// <summary>The members, nearest first.</summary>
    internal IReadOnlyList<IElectricalNode> Members => members;

    internal void Attach(IElectricalNode node)
    {
        members.Add(node);
        powers = new PhasePowers[members.Count];
        flows = new PhasePowers[members.Count];
        voltagesAlong = new PhaseVoltages[members.Count];
        metres = [.. members.Select(member => member.CableMetres)];
    }

    public void Draw(SiteModel site, TimeSpan step)
    {
        for (var i = 0; i < powers.Length; i++)
            powers[i] = members[i].Taken;

        // The fall along the cable does not depend on the head's level: solved from 0 V, the head is added when it is known.
        taken = FeederCable.Solve(default, powers, metres, flows, voltagesAlong, out var loss);
        LossWatts = loss;
    }

    public void Settle(SiteModel site, PhaseVoltages voltages, double hertz, TimeSpan step)
    {
        face.Show(Values, taken, voltages, hertz, step);
        for (var i = 0; i < powers.Length; i++)
        {
            var fall = voltagesAlong[i];
            members[i].Settle(site, new PhaseVoltages(voltages.V1 + fall.V1, voltages.V2 + fall.V2, voltages.V3 + fall.V3), hertz, step);
        }
    }
}
