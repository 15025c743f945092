namespace Alatau.Iot.Simulator.Physics.Sun;

/// <summary>A place on the Earth.</summary>
/// <param name="Latitude">Degrees, north positive, -90 to 90.</param>
/// <param name="Longitude">Degrees, east positive, -180 to 180.</param>
/// <param name="AltitudeMetres">Height above the sea.</param>
internal readonly record struct GeoPoint(double Latitude, double Longitude, double AltitudeMetres);
