namespace Alatau.Iot.Simulator.Physics.Buildings;

/// <summary>Light on a desk: a share of the daylight, and lamps when people need them.</summary>
/// <remarks>110 lm/W turns irradiance into illuminance (CIE daylight, within 10 %); 500 lx of lamps is EN 12464-1 for desks (a setting there).</remarks>
internal static class IndoorLight
{
    private const double LumensPerWatt = 110;
    private const double DaylightFactor = 0.02;
    private const double LampLux = 420;

    /// <summary>Illuminance, lx.</summary>
    /// <param name="globalHorizontal">Irradiance outside, W/m2.</param>
    /// <param name="share">Share of people inside, 0 to 1.</param>
    internal static double Lux(double globalHorizontal, double share)
    {
        var daylight = Math.Max(0, globalHorizontal) * LumensPerWatt * DaylightFactor;
        var lamps = share > 0.02 ? LampLux * Math.Clamp((500 - daylight) / 300.0, 0, 1) : 0;
        return daylight + lamps;
    }
}
