namespace Alatau.Iot.Simulator.Physics.Photovoltaics;

/// <summary>The PVWatts version 5 plant: direct current, losses and inverter. Never negative; 0 at night.</summary>
/// <remarks>Source: Dobos, PVWatts Version 5 Manual, NREL/TP-6A20-62641.</remarks>
internal static class PvWatts
{
    /// <summary>Power coefficient of a standard module, 1/K.</summary>
    internal const double StandardTemperatureCoefficient = -0.0047;

    /// <summary>Nominal inverter efficiency.</summary>
    internal const double NominalEfficiency = 0.96;

    /// <summary>Efficiency the published inverter curve was normalised with.</summary>
    private const double ReferenceEfficiency = 0.9637;

    /// <summary>Power at the panels' terminals before system losses, W.</summary>
    /// <param name="irradiance">Transmitted plane of array irradiance, W/m2.</param>
    /// <param name="cellTemperature">degC.</param>
    /// <param name="ratedWatts">At 1000 W/m2 and 25 degC.</param>
    /// <param name="temperatureCoefficient">1/K, negative.</param>
    internal static double DirectCurrentWatts(double irradiance, double cellTemperature, double ratedWatts,
        double temperatureCoefficient = StandardTemperatureCoefficient) =>
        Math.Max(0, irradiance / 1000.0 * ratedWatts * (1 + (temperatureCoefficient * (cellTemperature - 25.0))));

    /// <summary>Power into the grid, W, between 0 and the inverter's rating.</summary>
    /// <param name="directCurrentWatts">Power into the inverter.</param>
    /// <param name="ratedInputWatts">Rated direct-current input: the alternating rating over the nominal efficiency (the usual mistake is to give the rating itself).</param>
    internal static double AlternatingCurrentWatts(double directCurrentWatts, double ratedInputWatts, double nominalEfficiency = NominalEfficiency)
    {
        if (directCurrentWatts <= 0 || ratedInputWatts <= 0)
            return 0.0;

        var load = directCurrentWatts / ratedInputWatts;
        var efficiency = nominalEfficiency / ReferenceEfficiency * ((-0.0162 * load) - (0.0059 / load) + 0.9858);
        return Math.Clamp(efficiency * directCurrentWatts, 0, nominalEfficiency * ratedInputWatts);
    }
}
