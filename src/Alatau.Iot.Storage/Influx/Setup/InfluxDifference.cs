namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>Something in the database is not as the settings want it.</summary>
/// <param name="What">What it is and what it should be, in one line.</param>
/// <param name="Cure">What would be, or was, done about it.</param>
/// <param name="Kind">Whether setting up mends it.</param>
/// <param name="MendAsync">Mends it; null when only a person can.</param>
internal sealed record InfluxDifference(string What, string Cure, InfluxDifferenceKind Kind, Func<CancellationToken, Task>? MendAsync);
