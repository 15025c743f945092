namespace Alatau.Iot.Simulator.Physics.Atmosphere;

/// <summary>Sunlight above the air, on a plane facing the sun.</summary>
internal static class Extraterrestrial
{
    /// <summary>Irradiance in W/m2 of a day of the year (1 to 366). Source: Spencer (1971), solar constant 1366.1 W/m2 (ASTM E-490).</summary>
    internal static double WattsPerSquareMetre(int dayOfYear)
    {
        var b = 2 * Math.PI / 365.0 * (dayOfYear - 1);
        return 1366.1 * (1.00011 + (0.034221 * Math.Cos(b)) + (0.00128 * Math.Sin(b)) + (0.000719 * Math.Cos(2 * b)) + (0.000077 * Math.Sin(2 * b)));
    }
}
