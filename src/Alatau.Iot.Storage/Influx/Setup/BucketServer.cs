using System.Globalization;
using System.Text.Json.Nodes;
using Alatau.Iot.Core.History;

namespace Alatau.Iot.Storage.Influx.Setup;

/// <summary>InfluxDB 2.x: a bucket for each tier with its retention, and the DBRP mapping by which InfluxQL finds it.</summary>
/// <remarks>https://docs.influxdata.com/influxdb/v2/api/: orgs, buckets, dbrps. A bucket without a slash in its name is mapped by the server itself (a virtual mapping).</remarks>
internal sealed class BucketServer(InfluxConnection connection, InfluxOptions options) : IInfluxServer
{
    private const int PageSize = 100;

    private readonly Dictionary<string, JsonNode> _buckets = new(StringComparer.Ordinal);
    private string _org = "";

    public string Describe(InfluxTier tier) => $"Bucket {tier.Bucket}";

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var orgs = await connection.AskAsync(HttpMethod.Get, $"/api/v2/orgs?org={Uri.EscapeDataString(options.Org)}", null, cancellationToken);
        _org = (string?)orgs?["orgs"]?.AsArray().FirstOrDefault(org => (string?)org!["name"] == options.Org)?["id"]
            ?? throw new StoreException($"InfluxDB at {options.Url} knows no organisation '{options.Org}', or the token may not see it. Cure: mend Storage:Influx:Org, or give Storage:Influx:Token the right to read it.", isTransient: false);
        for (int offset = 0; ; offset += PageSize)
        {
            var page = (await connection.AskAsync(HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"/api/v2/buckets?orgID={_org}&limit={PageSize}&offset={offset}"), null, cancellationToken))?["buckets"]?.AsArray();
            foreach (var bucket in page ?? [])
            {
                _buckets[(string)bucket!["name"]!] = bucket;
            }

            if (page is null || page.Count < PageSize)
            {
                return;
            }
        }
    }

    public async Task<IReadOnlyList<InfluxDifference>> CompareAsync(InfluxTier tier, CancellationToken cancellationToken)
    {
        var rules = new JsonArray(new JsonObject { ["type"] = "expire", ["everySeconds"] = (long)tier.Kept.TotalSeconds, ["shardGroupDurationSeconds"] = (long)tier.Shard.TotalSeconds });
        if (!_buckets.TryGetValue(tier.Bucket, out var bucket))
        {
            return
            [
                new InfluxDifference($"{Describe(tier)} is absent", $"created, keeping {tier.KeptInWords}", InfluxDifferenceKind.Harmless, async stop =>
                {
                    var made = await connection.AskAsync(HttpMethod.Post, "/api/v2/buckets", new JsonObject { ["orgID"] = _org, ["name"] = tier.Bucket, ["retentionRules"] = rules }, stop);
                    foreach (var mapping in await CompareMappingAsync(tier, (string)made!["id"]!, stop))
                    {
                        await (mapping.MendAsync?.Invoke(stop) ?? Task.CompletedTask);
                    }
                }),
            ];
        }

        var differences = new List<InfluxDifference>();
        string id = (string)bucket["id"]!;
        var kept = TimeSpan.FromSeconds((long?)bucket["retentionRules"]?.AsArray().FirstOrDefault()?["everySeconds"] ?? 0);
        if (kept != tier.Kept)
        {
            bool deletes = tier.Days > 0 && (kept == TimeSpan.Zero || kept > tier.Kept);
            string now = kept == TimeSpan.Zero ? "for ever" : string.Create(CultureInfo.InvariantCulture, $"{kept.TotalDays:0.##} days");
            differences.Add(new InfluxDifference(
                $"{Describe(tier)} keeps {now} instead of {tier.KeptInWords}",
                $"keeps {tier.KeptInWords}",
                deletes ? InfluxDifferenceKind.Deletes : InfluxDifferenceKind.Harmless,
                stop => connection.AskAsync(HttpMethod.Patch, $"/api/v2/buckets/{id}", new JsonObject { ["retentionRules"] = rules }, stop)));
        }

        differences.AddRange(await CompareMappingAsync(tier, id, cancellationToken));
        return differences;
    }

    private async Task<IReadOnlyList<InfluxDifference>> CompareMappingAsync(InfluxTier tier, string bucketId, CancellationToken cancellationToken)
    {
        var answer = await connection.AskAsync(HttpMethod.Get, $"/api/v2/dbrps?orgID={_org}&db={Uri.EscapeDataString(tier.Database)}", null, cancellationToken);
        var mapping = answer?["content"]?.AsArray().FirstOrDefault(each => (string?)each!["database"] == tier.Database && (bool?)each["default"] == true);
        if (mapping is null)
        {
            var body = new JsonObject { ["orgID"] = _org, ["bucketID"] = bucketId, ["database"] = tier.Database, ["retention_policy"] = "autogen", ["default"] = true };
            return [new InfluxDifference($"Database {tier.Database} of InfluxQL has no DBRP mapping to bucket {tier.Bucket}", "mapped", InfluxDifferenceKind.Harmless, stop => connection.AskAsync(HttpMethod.Post, "/api/v2/dbrps", body, stop))];
        }

        return (string?)mapping["bucketID"] == bucketId
            ? []
            : [new InfluxDifference(
                $"Database {tier.Database} of InfluxQL is mapped to another bucket ({mapping["bucketID"]})",
                $"remove that mapping with 'influx v1 dbrp delete --id {mapping["id"]}', or choose another Storage:Influx:Database",
                InfluxDifferenceKind.NeedsPerson,
                null)];
    }
}
