namespace Alatau.Iot.Core.Fleets;

/// <summary>A place with assets: a district, a plant, a building.</summary>
/// <param name="Name">As in topics and paths; the rules of an asset id's part.</param>
/// <param name="DisplayName">What an operator calls it.</param>
/// <param name="TimeZone">Zone of its local days, an IANA name; Asia/Almaty when the fleet says nothing.</param>
/// <param name="Latitude">Degrees north, WGS 84; null when unknown.</param>
/// <param name="Longitude">Degrees east, WGS 84; null when unknown.</param>
public sealed record Site(string Name, string DisplayName, TimeZoneInfo TimeZone, double? Latitude, double? Longitude)
{
    /// <summary>Metres above the sea; 0 when unknown.</summary>
    public double AltitudeMetres { get; init; }
}
