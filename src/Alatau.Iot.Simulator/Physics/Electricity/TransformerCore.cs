namespace Alatau.Iot.Simulator.Physics.Electricity;

/// <summary>Losses, voltage drop and oil temperature of a distribution transformer.</summary>
/// <remarks>
/// Losses of the order of EN 50708-1-1 for 630 kVA: 0.1 % of the rating without load, 1.0 % at full load; 4 % short-circuit voltage. The oil follows
/// IEC 60076-7 in exponential form with the distribution ONAN set: time constant 180 min, rise 60 K, R 5, x 0.8.
/// </remarks>
internal sealed class TransformerCore(double ratedVoltAmperes)
{
    private const double OilMinutes = 180;
    private const double OilRise = 60;
    private const double LossRatio = 5;
    private const double OilExponent = 0.8;

    private double oilRise = double.NaN;

    internal double NoLoadWatts => 0.001 * ratedVoltAmperes;

    /// <summary>Loss of the windings, W.</summary>
    internal double LoadLossWatts(double apparentVoltAmperes)
    {
        var load = apparentVoltAmperes / ratedVoltAmperes;
        return 0.01 * ratedVoltAmperes * load * load;
    }

    /// <summary>Load in percent of the rating.</summary>
    internal double LoadingPercent(double apparentVoltAmperes) => 100.0 * apparentVoltAmperes / ratedVoltAmperes;

    /// <summary>The low-voltage busbar under a load.</summary>
    /// <param name="noLoadVolts">Voltage of each phase without load.</param>
    internal PhaseVoltages Busbar(double noLoadVolts, in PhasePowers load)
    {
        var reactance = 0.04 * 3 * PhaseVoltages.Nominal * PhaseVoltages.Nominal / ratedVoltAmperes;
        return new PhaseVoltages(noLoadVolts, noLoadVolts, noLoadVolts).Behind(load, 0.25 * reactance, reactance);
    }

    /// <summary>The top oil's temperature after a step; starts in balance with the first load.</summary>
    internal double TopOilCelsius(double apparentVoltAmperes, double ambientCelsius, TimeSpan step)
    {
        var load = apparentVoltAmperes / ratedVoltAmperes;
        var target = OilRise * Math.Pow((1 + (LossRatio * load * load)) / (1 + LossRatio), OilExponent);
        oilRise = double.IsNaN(oilRise) ? target : oilRise + ((target - oilRise) * (1 - Math.Exp(-step.TotalMinutes / OilMinutes)));
        return ambientCelsius + oilRise;
    }
}
