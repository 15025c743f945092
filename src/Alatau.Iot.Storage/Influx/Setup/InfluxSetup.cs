using Alatau.Iot.Core.History;

namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>Creates or checks what the platform and the boards need in InfluxDB: databases and their default policies in 1.x, buckets, retention and DBRP mappings in 2.x.</summary>
/// <remarks>Doing it twice changes nothing. Retention is made longer, but shorter only when asked for, since that deletes history.</remarks>
public sealed class InfluxSetup : IDisposable
{
    private readonly InfluxOptions _options;
    private readonly InfluxTiers _tiers;
    private readonly InfluxConnection _connection;

    /// <param name="options">Where the database is.</param>
    /// <param name="retention">How long each tier is to be kept.</param>
    public InfluxSetup(InfluxOptions options, RetentionOptions retention)
    {
        _options = options;
        _tiers = new InfluxTiers(options, retention);
        _connection = new InfluxConnection(options);
    }

    /// <summary>Compares, and mends if asked to.</summary>
    /// <param name="mend">Whether differences are mended; else they are only told.</param>
    /// <param name="shorten">Whether mending may shorten a retention, which deletes what is older.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was found, tier by tier.</returns>
    /// <exception cref="StoreException">The server can't be reached, refuses the token, or is none that can be set up.</exception>
    public async Task<IReadOnlyList<InfluxSetupLine>> RunAsync(bool mend, bool shorten, CancellationToken cancellationToken)
    {
        await _connection.DetectAsync(cancellationToken);
        if (_connection.ServerVersion.StartsWith("3.", StringComparison.Ordinal))
        {
            throw new StoreException(
                "InfluxDB 3 sets up its databases by its own tool. Cure: " + string.Join("; ", _tiers.All.Select(tier => tier.Days == 0 ? $"influxdb3 create database {tier.Bucket}" : $"influxdb3 create database --retention-period {tier.Days}d {tier.Bucket}")),
                isTransient: false);
        }

        IInfluxServer server = _connection.IsV2 ? new BucketServer(_connection, _options) : new DatabaseServer(_connection);
        await server.ReadAsync(cancellationToken);
        var lines = new List<InfluxSetupLine>();
        foreach (var tier in _tiers.All)
        {
            var differences = await server.CompareAsync(tier, cancellationToken);
            if (differences.Count == 0)
            {
                lines.Add(new InfluxSetupLine($"{server.Describe(tier)}: kept {tier.KeptInWords}, as it should be.", IsWell: true));
            }

            foreach (var difference in differences)
            {
                bool isMended = mend && difference.MendAsync is not null && (shorten || difference.Kind != InfluxDifferenceKind.Deletes);
                if (isMended)
                {
                    await difference.MendAsync!(cancellationToken);
                }

                string cure = difference.Kind switch
                {
                    _ when isMended => $" Done: {difference.Cure}.",
                    InfluxDifferenceKind.NeedsPerson => $" Cure: {difference.Cure}.",
                    InfluxDifferenceKind.Deletes => $" Cure: 'alatau influx setup --shorten' does it and deletes what is older; or mend Storage:Retention.",
                    _ => $" Cure: 'alatau influx setup' does it ({difference.Cure}).",
                };
                lines.Add(new InfluxSetupLine(difference.What + "." + cure, isMended));
            }
        }

        return lines;
    }

    public void Dispose() => _connection.Dispose();
}
