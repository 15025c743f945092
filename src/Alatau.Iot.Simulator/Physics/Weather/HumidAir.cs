namespace Alatau.Iot.Simulator.Physics.Weather;

/// <summary>Water in air. Source: Magnus form of WMO-No. 8 (CIMO guide), annex 4.B.</summary>
internal static class HumidAir
{
    /// <summary>Saturation vapour pressure over water, hPa.</summary>
    internal static double SaturationHectopascals(double celsius) => 6.112 * Math.Exp(17.62 * celsius / (243.12 + celsius));

    /// <summary>Water per volume, g/m3, of air at a temperature and a relative humidity in percent.</summary>
    internal static double GramsPerCubicMetre(double celsius, double humidityPercent) =>
        216.7 * (humidityPercent / 100.0 * SaturationHectopascals(celsius)) / (273.15 + celsius);

    /// <summary>Relative humidity in percent, 0 to 100, of air at a temperature with a mass of water.</summary>
    internal static double HumidityPercent(double celsius, double gramsPerCubicMetre) =>
        Math.Clamp(100.0 * gramsPerCubicMetre * (273.15 + celsius) / 216.7 / SaturationHectopascals(celsius), 0, 100);
}
