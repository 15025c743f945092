using System.Globalization;
using System.Text.Json;

namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>InfluxDB 1.x: a database for each tier, whose default retention policy keeps as long as the tier.</summary>
internal sealed class DatabaseServer(InfluxConnection connection) : IInfluxServer
{
    private HashSet<string> _databases = [];

    public async Task ReadAsync(CancellationToken cancellationToken) =>
        _databases = [.. Rows(await connection.QueryAsync(null, "SHOW DATABASES", cancellationToken)).Select(row => row[0].GetString()!)];

    /// <summary>Creates the databases that are absent, with their retention. Those that are there are left as they are: what differs is <see cref="InfluxSetup"/>'s.</summary>
    /// <remarks>Asks first, so that a user without the right to create databases can run a platform whose databases are there.</remarks>
    internal async Task CreateAbsentAsync(IEnumerable<InfluxTier> tiers, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        foreach (var tier in tiers.Where(tier => !_databases.Contains(tier.Database)))
        {
            await connection.QueryAsync(null, InfluxQl.CreateDatabase(tier), cancellationToken);
        }
    }

    public string Describe(InfluxTier tier) => $"Database {tier.Database}";

    public async Task<IReadOnlyList<InfluxDifference>> CompareAsync(InfluxTier tier, CancellationToken cancellationToken)
    {
        if (!_databases.Contains(tier.Database))
        {
            return [Harmless($"{Describe(tier)} is absent", $"created, keeping {tier.KeptInWords}", InfluxQl.CreateDatabase(tier))];
        }

        // name, duration, shardGroupDuration, replicaN, default
        var policy = Rows(await connection.QueryAsync(null, $"SHOW RETENTION POLICIES ON {InfluxQl.Name(tier.Database)}", cancellationToken)).FirstOrDefault(row => row[4].GetBoolean());
        if (policy is null)
        {
            return [Harmless($"{Describe(tier)} has no default retention policy", $"created one that keeps {tier.KeptInWords}", InfluxQl.CreatePolicy(tier))];
        }

        var (kept, shard) = (Duration(policy[1].GetString()!), Duration(policy[2].GetString()!));
        if (kept == tier.Kept && shard == tier.Shard)
        {
            return [];
        }

        string alter = InfluxQl.AlterPolicy(tier, policy[0].GetString()!);
        if (kept == tier.Kept)
        {
            return [Harmless($"{Describe(tier)} has shards of {Human(shard)} instead of {Human(tier.Shard)}", $"new shards are of {Human(tier.Shard)}", alter)];
        }

        bool deletes = tier.Days > 0 && (kept == TimeSpan.Zero || kept > tier.Kept);
        string what = $"{Describe(tier)} keeps {(kept == TimeSpan.Zero ? "for ever" : Human(kept))} instead of {tier.KeptInWords}";
        return [new InfluxDifference(what, $"keeps {tier.KeptInWords}", deletes ? InfluxDifferenceKind.Deletes : InfluxDifferenceKind.Harmless, stop => connection.QueryAsync(null, alter, stop))];
    }

    private static string Human(TimeSpan span) => span.TotalDays >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.##} days") : string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.##} hours");

    /// <summary>A duration as the server prints it: <c>720h0m0s</c>, <c>0s</c> for ever.</summary>
    private static TimeSpan Duration(string text)
    {
        var total = TimeSpan.Zero;
        double number = 0;
        foreach (char c in text)
        {
            switch (c)
            {
                case >= '0' and <= '9':
                    number = (number * 10) + (c - '0');
                    continue;
                case 'h':
                    total += TimeSpan.FromHours(number);
                    break;
                case 'm':
                    total += TimeSpan.FromMinutes(number);
                    break;
                case 's':
                    total += TimeSpan.FromSeconds(number);
                    break;
            }

            number = 0;
        }

        return total;
    }

    private static IEnumerable<JsonElement[]> Rows(JsonElement[] series) =>
        series.Where(one => one.TryGetProperty("values", out _)).SelectMany(one => one.GetProperty("values").EnumerateArray()).Select(row => row.EnumerateArray().ToArray());

    private InfluxDifference Harmless(string what, string cure, string statement) => new(what, cure, InfluxDifferenceKind.Harmless, stop => connection.QueryAsync(null, statement, stop));
}
