namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>One generation of InfluxDB, as far as setting it up goes.</summary>
internal interface IInfluxServer
{
    /// <summary>Reads what there is.</summary>
    Task ReadAsync(CancellationToken cancellationToken);

    /// <summary>What differs in one tier; none when all is well.</summary>
    Task<IReadOnlyList<InfluxDifference>> CompareAsync(InfluxTier tier, CancellationToken cancellationToken);

    /// <summary>What a tier is called here, for people.</summary>
    string Describe(InfluxTier tier);
}
