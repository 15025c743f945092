using Alatau.Iot.Simulator.Physics.Atmosphere;
using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Physics.Irradiance;

/// <summary>Splits global irradiance into beam and sky by how clear it is.</summary>
/// <remarks>Source: Erbs, Klein and Duffie, Solar Energy 28 (1982).</remarks>
internal static class ErbsDecomposition
{
    private const double LowestCosZenith = 0.065;
    private const double HighestZenith = 87.0;

    /// <summary>Global over extraterrestrial irradiance on the level, 0 to 1. Below 86.3 degrees of zenith the cosine is held at 0.065.</summary>
    internal static double ClearnessIndex(double globalHorizontal, double zenith, double extraterrestrial) =>
        Math.Clamp(globalHorizontal / (extraterrestrial * Math.Max(Degrees.Cos(zenith), LowestCosZenith)), 0, 1);

    /// <summary>The share of the sky in the global irradiance.</summary>
    internal static double DiffuseFraction(double clearness) => clearness switch
    {
        <= 0.22 => 1 - (0.09 * clearness),
        <= 0.8 => 0.9511 + (clearness * (-0.1604 + (clearness * (4.388 + (clearness * (-16.638 + (clearness * 12.336))))))),
        _ => 0.165,
    };

    /// <summary>Beam and sky of a global irradiance; no beam when the sun is lower than 3 degrees.</summary>
    internal static SkyIrradiance Split(double globalHorizontal, double zenith, double extraterrestrial)
    {
        if (globalHorizontal <= 0)
            return default;

        var diffuse = globalHorizontal * DiffuseFraction(ClearnessIndex(globalHorizontal, zenith, extraterrestrial));
        return zenith > HighestZenith
            ? new SkyIrradiance(globalHorizontal, 0, globalHorizontal)
            : new SkyIrradiance(globalHorizontal, (globalHorizontal - diffuse) / Degrees.Cos(zenith), diffuse);
    }
}
