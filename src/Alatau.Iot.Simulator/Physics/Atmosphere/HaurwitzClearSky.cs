using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Physics.Atmosphere;

/// <summary>The clear sky from the sun's height alone: a sanity limit for global horizontal irradiance.</summary>
/// <remarks>Source: Haurwitz, Journal of Meteorology 2 (1945), in the form of Reno, Hansen and Stein, SAND2012-2389.</remarks>
internal static class HaurwitzClearSky
{
    /// <summary>Global horizontal irradiance, W/m2.</summary>
    /// <param name="apparentZenith">Degrees, with refraction.</param>
    internal static double GlobalHorizontal(double apparentZenith)
    {
        var cos = Degrees.Cos(apparentZenith);
        return cos <= 0 || apparentZenith >= 90 ? 0.0 : 1098.0 * cos * Math.Exp(-0.059 / cos);
    }
}
