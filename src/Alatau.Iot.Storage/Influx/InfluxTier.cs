namespace Alatau.Iot.Storage.Influx;

/// <summary>One kind of history that is kept equally long, with a database (1.x) or bucket (2.x and later) of its own: InfluxDB lets whole shards go, which costs nothing, but knows retention by database only.</summary>
/// <param name="Database">Name in InfluxQL.</param>
/// <param name="Bucket">Name on the write API of 2.x.</param>
/// <param name="Days">How long rows are kept; 0 for ever.</param>
internal sealed record InfluxTier(string Database, string Bucket, int Days)
{
    private const int ShortDays = 7;
    private const int MediumDays = 92;

    /// <summary>Length of a shard as InfluxData recommends for the retention (schema design, "shard group duration"): long ones make a year of windows quick to read.</summary>
    internal TimeSpan Shard => Days switch
    {
        0 => TimeSpan.FromDays(52 * 7),
        1 => TimeSpan.FromHours(6),
        <= ShortDays => TimeSpan.FromDays(1),
        <= MediumDays => TimeSpan.FromDays(7),
        _ => TimeSpan.FromDays(30),
    };

    /// <summary>Zero for ever.</summary>
    internal TimeSpan Kept => TimeSpan.FromDays(Days);

    internal string KeptInWords => Days == 0 ? "for ever" : FormattableString.Invariant($"{Days} days");
}
