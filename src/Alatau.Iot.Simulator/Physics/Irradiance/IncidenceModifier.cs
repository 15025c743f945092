using Alatau.Iot.Simulator.Physics.Sun;

namespace Alatau.Iot.Simulator.Physics.Irradiance;

/// <summary>The share of slanting beam light that gets through the glass, 0 to 1.</summary>
internal static class IncidenceModifier
{
    /// <summary>Source: ASHRAE 93-77, as in Souka and Safwat (1966). 0 at 90 degrees and beyond.</summary>
    /// <param name="incidence">Degrees.</param>
    /// <param name="b">Fitted per module, default 0.05.</param>
    internal static double Ashrae(double incidence, double b = 0.05) =>
        Math.Abs(incidence) >= 90.0 ? 0.0 : Math.Max(0, 1 - (b * ((1 / Degrees.Cos(incidence)) - 1)));

    /// <summary>Source: Martin and Ruiz, Solar Energy Materials 70 (2001). 0 at 90 degrees and beyond.</summary>
    /// <param name="incidence">Degrees.</param>
    /// <param name="angularLosses">a_r, default 0.16.</param>
    internal static double MartinRuiz(double incidence, double angularLosses = 0.16) =>
        Math.Abs(incidence) >= 90.0 ? 0.0 : (1 - Math.Exp(-Degrees.Cos(incidence) / angularLosses)) / (1 - Math.Exp(-1 / angularLosses));
}
