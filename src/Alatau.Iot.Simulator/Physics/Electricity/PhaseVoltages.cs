namespace Alatau.Iot.Simulator.Physics.Electricity;

/// <summary>Voltage of three phases against neutral, V.</summary>
internal readonly record struct PhaseVoltages(double V1, double V2, double V3)
{
    /// <summary>Nominal low voltage. Source: IEC 60038, table 1.</summary>
    internal const double Nominal = 230.0;

    /// <summary>The voltage behind a piece of cable that carries a power.</summary>
    /// <remarks>Linearised: dU = (R P + X Q) / U. Source: Baran and Wu, IEEE Transactions on Power Delivery 4 (1989), DistFlow without the quadratic term. Power that flows back raises the voltage.</remarks>
    internal PhaseVoltages Behind(in PhasePowers through, double resistanceOhms, double reactanceOhms) => new(
        V1 - (((resistanceOhms * through.P1) + (reactanceOhms * through.Q1)) / Nominal),
        V2 - (((resistanceOhms * through.P2) + (reactanceOhms * through.Q2)) / Nominal),
        V3 - (((resistanceOhms * through.P3) + (reactanceOhms * through.Q3)) / Nominal));
}
