namespace Alatau.Iot.Simulator.Physics.Atmosphere;

/// <summary>Air pressure in the standard atmosphere.</summary>
internal static class AirPressure
{
    /// <summary>Pressure at sea level, Pa.</summary>
    internal const double SeaLevelPascals = 101325.0;

    /// <summary>Pressure at a height, Pa. Source: U.S. Standard Atmosphere as printed in PVLIB (alt2pres).</summary>
    internal static double PascalsAt(double altitudeMetres) =>
        100.0 * Math.Pow((44331.514 - altitudeMetres) / 11880.516, 1.0 / 0.1902632);
}
