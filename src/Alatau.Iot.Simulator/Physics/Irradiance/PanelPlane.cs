namespace Alatau.Iot.Simulator.Physics.Irradiance;

/// <summary>How a panel lies.</summary>
/// <param name="Tilt">Degrees from level, 0 to 180.</param>
/// <param name="Azimuth">Where it faces, degrees from north, eastward; 180 is south.</param>
internal readonly record struct PanelPlane(double Tilt, double Azimuth);
