using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Alatau.Iot.Testing.Peers;

/// <content>Organisations, buckets and DBRP mappings, as https://docs.influxdata.com/influxdb/v2/api/ has them: a bucket is mapped to the database of its name by itself unless a mapping stands in the way.</content>
public sealed partial class InfluxV2StandIn
{
    private const string OrgId = "0000000000000001";

    private readonly ConcurrentDictionary<string, JsonObject> _buckets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonObject> _mapped = new(StringComparer.Ordinal);
    private int _ids = 1;
    private int _changes;

    /// <summary>Calls that changed something.</summary>
    public int Changes => Volatile.Read(ref _changes);

    /// <summary>Seconds each bucket keeps; 0 for ever.</summary>
    public IReadOnlyDictionary<string, long> KeptSeconds => _buckets.ToDictionary(each => each.Key, each => (long)each.Value["retentionRules"]![0]!["everySeconds"]!, StringComparer.Ordinal);

    /// <summary>Takes away the mapping of a database, or points it elsewhere.</summary>
    public void Map(string database, string? bucketId)
    {
        _mapped.TryRemove(database, out _);
        if (bucketId is not null)
        {
            _mapped[database] = Mapping(database, bucketId);
        }
    }

    private static int Number(HttpContext context, string name, int otherwise) =>
        context.Request.Query[name].ToString() is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private void MapSetup(WebApplication app)
    {
        app.MapGet("/api/v2/orgs", context => GuardedAsync(context, () =>
            context.Request.Query["org"] == Org ? new JsonObject { ["orgs"] = new JsonArray(new JsonObject { ["id"] = OrgId, ["name"] = Org }) } : null));
        app.MapGet("/api/v2/buckets", context => GuardedAsync(context, () =>
        {
            int offset = Number(context, "offset", 0);
            int limit = Math.Min(100, Number(context, "limit", 20));
            return new JsonObject { ["buckets"] = new JsonArray([.. _buckets.Values.OrderBy(b => (string)b["id"]!, StringComparer.Ordinal).Skip(offset).Take(limit).Select(b => b.DeepClone())]) };
        }));
        app.MapPost("/api/v2/buckets", async context =>
        {
            var body = (await JsonNode.ParseAsync(context.Request.Body))!;
            var (name, rule) = ((string)body["name"]!, body["retentionRules"]![0]!);
            if (_buckets.ContainsKey(name) || (string?)body["orgID"] != OrgId || (long)rule["everySeconds"]! is > 0 and < 3600 || (string?)rule["type"] != "expire")
            {
                await FailAsync(context, 422, "unprocessable entity", $"bucket with name {name} already exists, or its rule is wrong");
                return;
            }

            await GuardedAsync(context, await CreateAsync(name, (long)rule["everySeconds"]!), StatusCodes.Status201Created);
        });
        app.MapPatch("/api/v2/buckets/{id}", async context =>
        {
            var body = (await JsonNode.ParseAsync(context.Request.Body))!;
            var bucket = _buckets.Values.Single(b => (string?)b["id"] == (string?)context.Request.RouteValues["id"]);
            bucket["retentionRules"] = body["retentionRules"]!.DeepClone();
            await GuardedAsync(context, bucket, StatusCodes.Status200OK);
        });
        app.MapGet("/api/v2/dbrps", context => GuardedAsync(context, () =>
            new JsonObject { ["content"] = new JsonArray([.. _mapped.Where(m => m.Key == context.Request.Query["db"]).Select(m => m.Value.DeepClone())]) }));
        app.MapPost("/api/v2/dbrps", async context =>
        {
            var body = (await JsonNode.ParseAsync(context.Request.Body))!;
            string name = (string)body["database"]!;
            _mapped[name] = Mapping(name, (string)body["bucketID"]!);
            await GuardedAsync(context, _mapped[name], StatusCodes.Status201Created);
        });
    }

    private static JsonObject Mapping(string database, string bucketId) =>
        new() { ["id"] = "0000000000000f00", ["database"] = database, ["retention_policy"] = "autogen", ["default"] = true, ["bucketID"] = bucketId, ["orgID"] = OrgId };

    private static async Task GuardedAsync(HttpContext context, Func<JsonNode?> answer)
    {
        if (!IsAuthorized(context))
        {
            await FailAsync(context, 401, "unauthorized", "unauthorized access");
        }
        else if (answer() is { } found)
        {
            await context.Response.WriteAsJsonAsync(found);
        }
        else
        {
            await FailAsync(context, 404, "not found", "organization not found");
        }
    }

    private async Task GuardedAsync(HttpContext context, JsonNode changed, int status)
    {
        Interlocked.Increment(ref _changes);
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(changed);
    }

    private async Task<JsonObject> CreateAsync(string name, long everySeconds)
    {
        string id = Interlocked.Increment(ref _ids).ToString("x16", CultureInfo.InvariantCulture);
        _buckets[name] = new JsonObject { ["id"] = id, ["name"] = name, ["orgID"] = OrgId, ["retentionRules"] = new JsonArray(new JsonObject { ["type"] = "expire", ["everySeconds"] = everySeconds }) };
        _mapped[name] = Mapping(name, id);
        await _database.QueryAsync(name, $"CREATE DATABASE \"{name}\"");
        return _buckets[name];
    }
}
