using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Physics.Atmosphere;

/// <summary>How much air the light crosses, as a multiple of the vertical path.</summary>
internal static class AirMass
{
    /// <summary>Relative air mass; NaN when the sun is below the horizon. Source: Kasten and Young, Applied Optics 28 (1989).</summary>
    /// <param name="apparentZenith">Degrees, with refraction.</param>
    internal static double Relative(double apparentZenith) =>
        apparentZenith > 90.0
            ? double.NaN
            : 1.0 / (Degrees.Cos(apparentZenith) + (0.50572 * Math.Pow(96.07995 - apparentZenith, -1.6364)));

    /// <summary>Air mass at the pressure of the place.</summary>
    internal static double Absolute(double relative, double pressurePascals) => relative * pressurePascals / AirPressure.SeaLevelPascals;
}
