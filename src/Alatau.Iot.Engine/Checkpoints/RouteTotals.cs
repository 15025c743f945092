namespace Alatau.Iot.Engine.Checkpoints;

/// <summary>What became of the messages of one route in the whole life of the platform, as the shards decided.</summary>
/// <param name="Route">Index of the route in this process.</param>
/// <param name="Stored">Messages with at least one reading to store.</param>
/// <param name="Duplicate">Messages wholly taken before.</param>
/// <param name="Quarantined">Messages the clock guard, or the bound of measurands, refused.</param>
public readonly record struct RouteTotals(byte Route, long Stored, long Duplicate, long Quarantined);
