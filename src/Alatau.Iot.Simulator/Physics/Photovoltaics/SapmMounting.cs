namespace Alatau.Iot.Simulator.Physics.Photovoltaics;

/// <summary>How a module is mounted, as three fitted numbers.</summary>
/// <remarks>Source: King, Boyson and Kratochvil, SAND2004-3535, table 1.</remarks>
internal readonly record struct SapmMounting(double A, double B, double DeltaT)
{
    internal static readonly SapmMounting OpenRackGlassGlass = new(-3.47, -0.0594, 3);
    internal static readonly SapmMounting CloseMountGlassGlass = new(-2.98, -0.0471, 1);
    internal static readonly SapmMounting OpenRackGlassPolymer = new(-3.56, -0.0750, 3);
    internal static readonly SapmMounting InsulatedBackGlassPolymer = new(-2.81, -0.0455, 0);
}
