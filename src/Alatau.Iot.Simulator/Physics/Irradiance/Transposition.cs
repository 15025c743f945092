using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Physics.Irradiance;

/// <summary>Carries light from the level ground onto a tilted plane. All irradiance in W/m2, angles in degrees.</summary>
internal static class Transposition
{
    /// <summary>The cosine of the angle between the sun and the plane's normal, -1 to 1.</summary>
    internal static double CosIncidence(PanelPlane plane, double zenith, double sunAzimuth) =>
        Math.Clamp((Degrees.Cos(zenith) * Degrees.Cos(plane.Tilt))
            + (Degrees.Sin(zenith) * Degrees.Sin(plane.Tilt) * Degrees.Cos(sunAzimuth - plane.Azimuth)), -1, 1);

    /// <summary>The angle between the sun and the plane's normal, 0 to 180.</summary>
    internal static double Incidence(PanelPlane plane, double zenith, double sunAzimuth) => Degrees.Acos(CosIncidence(plane, zenith, sunAzimuth));

    /// <summary>The sky's share on the plane, every part of the sky equally bright. Source: Hottel and Woertz (1942).</summary>
    internal static double IsotropicSky(double tilt, double diffuseHorizontal) => diffuseHorizontal * (1 + Degrees.Cos(tilt)) / 2.0;

    /// <summary>What the ground throws back onto the plane. Source: Loutzenhiser et al., Solar Energy 81 (2007).</summary>
    internal static double Ground(double tilt, double globalHorizontal, double albedo) => globalHorizontal * albedo * (1 - Degrees.Cos(tilt)) / 2.0;

    /// <summary>The sky's share on the plane, brighter round the sun. Source: Hay and Davies (1980), in the form of Loutzenhiser et al. (2007).</summary>
    internal static double HayDaviesSky(PanelPlane plane, double diffuseHorizontal, double directNormal, double extraterrestrial, double zenith, double sunAzimuth)
    {
        // Below cos 0.01745 (89 degrees) the projection ratio is held, as the source does.
        var ratio = Math.Max(CosIncidence(plane, zenith, sunAzimuth), 0) / Math.Max(Degrees.Cos(zenith), 0.01745);
        var anisotropy = directNormal / extraterrestrial;
        return Math.Max(0, diffuseHorizontal * ((anisotropy * ratio) + ((1 - anisotropy) * (1 + Degrees.Cos(plane.Tilt)) / 2.0)));
    }
}
