using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Physics.Atmosphere;

/// <summary>The clear sky from air mass, turbidity and height.</summary>
/// <remarks>Source: Ineichen and Perez, Solar Energy 73 (2002), in the form and with the defaults of PVLIB.</remarks>
internal static class IneichenClearSky
{
    /// <summary>Extraterrestrial irradiance the coefficients were fitted with, W/m2.</summary>
    internal const double DefaultExtraterrestrial = 1364.0;

    /// <summary>Global, beam and sky irradiance under a clear sky; all 0 at night.</summary>
    /// <param name="apparentZenith">Degrees, with refraction.</param>
    /// <param name="absoluteAirMass">At the pressure of the place.</param>
    /// <param name="linkeTurbidity">2 very clean to 7 polluted.</param>
    /// <param name="altitudeMetres">Height of the place.</param>
    /// <param name="extraterrestrial">W/m2 on a plane facing the sun.</param>
    internal static SkyIrradiance At(double apparentZenith, double absoluteAirMass, double linkeTurbidity, double altitudeMetres,
        double extraterrestrial = DefaultExtraterrestrial)
    {
        var cos = Degrees.Cos(apparentZenith);
        if (apparentZenith >= 90.0 || cos <= 0 || double.IsNaN(absoluteAirMass))
            return default;

        var fh1 = Math.Exp(-altitudeMetres / 8000.0);
        var fh2 = Math.Exp(-altitudeMetres / 1250.0);
        var cg1 = (5.09e-5 * altitudeMetres) + 0.868;
        var cg2 = (3.92e-5 * altitudeMetres) + 0.0387;
        var global = cg1 * extraterrestrial * cos * Math.Exp(-cg2 * absoluteAirMass * (fh1 + (fh2 * (linkeTurbidity - 1))));

        var b = 0.664 + (0.163 / fh1);
        var direct = Math.Min(
            extraterrestrial * b * Math.Exp(-0.09 * absoluteAirMass * (linkeTurbidity - 1)),
            global * (1 - ((0.1 - (0.2 * Math.Exp(-linkeTurbidity))) / (0.1 + (0.882 / fh1)))) / cos);
        direct = Math.Max(0, direct);
        return new SkyIrradiance(global, direct, global - (direct * cos));
    }
}
