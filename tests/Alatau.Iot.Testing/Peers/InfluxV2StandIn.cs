using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.Testing.Peers;

/// <summary>The write API and InfluxQL of InfluxDB 2.x over a real 1.x: checks token, organisation, bucket and precision, unpacks, passes on, and answers as 2.x does. Ills are put in line by tests.</summary>
public sealed partial class InfluxV2StandIn : IAsyncDisposable
{
    public const string Token = "a-token==";
    public const string Org = "alatau";

    private readonly WebApplication _app;
    private readonly HttpClient _client = new();
    private readonly InfluxDatabase _database;
    private readonly ConcurrentQueue<Ill> _ills = new();
    private int _writes;

    private InfluxV2StandIn(WebApplication app, InfluxDatabase database) => (_app, _database) = (app, database);

    /// <summary>What befalls the next write.</summary>
    public enum Ill
    {
        /// <summary>503.</summary>
        Unavailable,

        /// <summary>429 with Retry-After: 7.</summary>
        TooManyRequests,

        /// <summary>The connection is reset before the answer, the lines being stored.</summary>
        ResetAfterStoring,

        /// <summary>The connection is reset, nothing being stored.</summary>
        Reset,

        /// <summary>No answer ever.</summary>
        BlackHole,

        /// <summary>The answer comes after half a second.</summary>
        Slow,
    }

    public Uri Uri => new(_app.Urls.First());

    /// <summary>The first of the buckets that exist from the beginning, the others being its tiers; behind each lies the database of the same name.</summary>
    public required string Bucket { get; init; }

    /// <summary>Writes that arrived, good or not.</summary>
    public int Writes => Volatile.Read(ref _writes);

    /// <summary>Longest body taken, unpacked.</summary>
    public int MaximumBodyBytes { get; set; } = 50_000_000;

    /// <param name="database">What lies behind it.</param>
    /// <param name="bucket">Name of the first bucket.</param>
    /// <param name="isNew">Whether it has no bucket but the first, as after the first start of the official image.</param>
    public static async Task<InfluxV2StandIn> StartAsync(InfluxDatabase database, string bucket, bool isNew = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var standIn = new InfluxV2StandIn(app, database) { Bucket = bucket };
        app.MapGet("/ping", (HttpResponse response) =>
        {
            response.Headers["X-Influxdb-Version"] = "v2.7.10";
            response.StatusCode = StatusCodes.Status204NoContent;
        });
        app.MapPost("/api/v2/write", standIn.WriteAsync);
        app.MapPost("/query", standIn.QueryAsync);
        standIn.MapSetup(app);
        foreach (string suffix in isNew ? [""] : (string[])["", "_1m", "_15m", "_1h", "_1d", "_alarms"])
        {
            await standIn.CreateAsync(bucket + suffix, 0);
        }

        await app.StartAsync();
        return standIn;
    }

    /// <summary>Puts ills in line; each befalls one write.</summary>
    public void Next(params ReadOnlySpan<Ill> ills)
    {
        foreach (var ill in ills)
        {
            _ills.Enqueue(ill);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { code, message });
    }

    private static bool IsAuthorized(HttpContext context) => context.Request.Headers.Authorization == "Token " + Token;

    private async Task WriteAsync(HttpContext context)
    {
        Interlocked.Increment(ref _writes);
        byte[] body = await BodyAsync(context.Request);
        bool isBefallen = _ills.TryDequeue(out var ill);
        if (isBefallen && ill is not (Ill.Slow or Ill.ResetAfterStoring))
        {
            await SufferAsync(context, ill);
            return;
        }

        if (isBefallen && ill == Ill.Slow)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        }

        var query = context.Request.Query;
        if (!IsAuthorized(context))
        {
            await FailAsync(context, 401, "unauthorized", "unauthorized access");
        }
        else if (query["org"] != Org)
        {
            await FailAsync(context, 404, "not found", $"organization name \"{query["org"]}\" not found");
        }
        else if (!_buckets.ContainsKey(query["bucket"].ToString()))
        {
            await FailAsync(context, 404, "not found", $"bucket \"{query["bucket"]}\" not found");
        }
        else if ((string?)query["precision"] is not (null or "ns" or "us" or "ms" or "s"))
        {
            await FailAsync(context, 400, "invalid", "precision must be one of ns, us, ms, s");
        }
        else if (body.Length > MaximumBodyBytes)
        {
            await FailAsync(context, 413, "request too large", "unable to read data: points batch is too large");
        }
        else
        {
            await PassOnAsync(context, body, isBefallen && ill == Ill.ResetAfterStoring);
        }
    }

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        bool isPacked = request.Headers.ContentEncoding == "gzip";
        await using var source = isPacked ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        await source.CopyToAsync(body);
        return body.ToArray();
    }

    private static async Task SufferAsync(HttpContext context, Ill ill)
    {
        switch (ill)
        {
            case Ill.Unavailable:
                await FailAsync(context, 503, "unavailable", "service unavailable");
                break;
            case Ill.TooManyRequests:
                context.Response.Headers.RetryAfter = "7";
                await FailAsync(context, 429, "too many requests", "write rate limit exceeded");
                break;
            case Ill.BlackHole:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
                break;
            default:
                context.Abort();
                break;
        }
    }

    // 1.x calls microseconds u.
    private async Task PassOnAsync(HttpContext context, byte[] body, bool resetAfter)
    {
        string precision = (string?)context.Request.Query["precision"] is { } given ? (given == "us" ? "u" : given) : "ns";
        using var content = new ByteArrayContent(body);
        using var answer = await _client.PostAsync(new Uri(_database.Uri, $"/write?db={context.Request.Query["bucket"]}&precision={precision}"), content);
        if (resetAfter)
        {
            context.Abort();
        }
        else if (answer.IsSuccessStatusCode)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            string words = json.RootElement.GetProperty("error").GetString()!;
            bool isPartial = words.StartsWith("partial write", StringComparison.Ordinal);
            await FailAsync(context, isPartial ? 422 : (int)answer.StatusCode, isPartial ? "unprocessable entity" : "invalid", isPartial ? "failure writing points to database: " + words : words);
        }
    }

    private async Task QueryAsync(HttpContext context)
    {
        if (!IsAuthorized(context))
        {
            await FailAsync(context, 401, "unauthorized", "Unauthorized");
            return;
        }

        if (!_mapped.ContainsKey(context.Request.Query["db"].ToString()))
        {
            await FailAsync(context, 404, "not found", $"no dbrp mapping found for database \"{context.Request.Query["db"]}\"");
            return;
        }

        var form = await context.Request.ReadFormAsync();
        using var content = new FormUrlEncodedContent([new("q", form["q"].ToString())]);
        using var answer = await _client.PostAsync(new Uri(_database.Uri, "/query" + context.Request.QueryString), content);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }
}
