using Alatau.Iot.Simulator.Physics.Electricity;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>A model that takes power from what feeds it.</summary>
internal interface IElectricalNode
{
    /// <summary>What it takes at the moment; import positive, a generator takes negative power.</summary>
    PhasePowers Taken { get; }

    /// <summary>Metres of cable from the neighbour before it.</summary>
    double CableMetres { get; }

    /// <summary>Finds what it takes. Those below it were asked before.</summary>
    void Draw(SiteModel site, TimeSpan step);

    /// <summary>Takes its place's voltage and shows its values. Those above it were asked before.</summary>
    void Settle(SiteModel site, PhaseVoltages voltages, double hertz, TimeSpan step);
}
