namespace Alatau.Iot.Simulator.Physics.Atmosphere;

/// <summary>Light on the ground in W/m2.</summary>
/// <param name="GlobalHorizontal">GHI, on a level plane.</param>
/// <param name="DirectNormal">DNI, the beam on a plane that faces the sun.</param>
/// <param name="DiffuseHorizontal">DHI, the sky on a level plane.</param>
internal readonly record struct SkyIrradiance(double GlobalHorizontal, double DirectNormal, double DiffuseHorizontal);
