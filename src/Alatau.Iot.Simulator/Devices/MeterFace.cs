using Alatau.Iot.Simulator.Physics.Electricity;

namespace Alatau.Iot.Simulator.Devices;

/// <summary>What an electricity meter shows of the power through it: the same arithmetic for a customer, a feeder and a transformer.</summary>
internal sealed class MeterFace(ReadingLayout layout, double startImportWattHours, double startExportWattHours)
{
    private readonly bool isThreePhase = layout.Find("voltage.l1") >= 0;
    private EnergyCounter import = new(startImportWattHours);
    private EnergyCounter export = new(startExportWattHours);

    /// <summary>Writes power, factor, voltage, current and registers.</summary>
    /// <remarks>Power factor and apparent power are of the vector sum (arithmetic of IEEE 1459, 3.2.2.5); the factor has the sign of the active power.</remarks>
    internal void Show(Span<double> values, in PhasePowers powers, PhaseVoltages volts, double hertz, TimeSpan step)
    {
        import.AddTrapezoid(powers.Active, step);
        export.AddTrapezoid(-powers.Active, step);
        var apparent = powers.Apparent;
        values[0] = powers.Active;
        values[1] = powers.Reactive;
        values[2] = apparent;
        values[3] = apparent > 0 ? powers.Active / apparent : 1.0;
        values[4] = hertz;
        if (isThreePhase)
        {
            values[5] = volts.V1;
            values[6] = volts.V2;
            values[7] = volts.V3;
            values[8] = Amperes(powers.P1, powers.Q1, volts.V1);
            values[9] = Amperes(powers.P2, powers.Q2, volts.V2);
            values[10] = Amperes(powers.P3, powers.Q3, volts.V3);
            values[11] = powers.P1;
            values[12] = powers.P2;
            values[13] = powers.P3;
            values[14] = import.WattHours;
            values[15] = export.WattHours;
        }
        else
        {
            // A single-phase meter hangs on the phase that carries something.
            var volt = powers.P1 != 0 ? volts.V1 : powers.P2 != 0 ? volts.V2 : volts.V3;
            values[5] = volt;
            values[6] = apparent / volt;
            values[7] = import.WattHours;
            values[8] = export.WattHours;
        }
    }

    private static double Amperes(double active, double reactive, double volts) => Math.Sqrt((active * active) + (reactive * reactive)) / volts;
}
