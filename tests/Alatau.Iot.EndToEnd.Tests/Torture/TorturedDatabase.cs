using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>What stands between the platform and its database and lets one ill after the other befall every request.</summary>
internal enum DatabaseIll
{
    None,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,

    /// <summary>The connection is reset, nothing being stored.</summary>
    Reset,

    /// <summary>The connection is reset after the lines were stored.</summary>
    ResetAfterStoring,

    /// <summary>No answer while the ill lasts; then the connection is reset, nothing being stored.</summary>
    Silence,

    /// <summary>No answer while the ill lasts, and what was sent is stored only when it ends, whoever has given up meanwhile.</summary>
    StoredLate,

    /// <summary>The lines are stored and the answer is a 400 that says a part of them was not.</summary>
    PartialWrite,
}

/// <summary>A proxy in front of InfluxDB.</summary>
internal sealed class TorturedDatabase : IAsyncDisposable
{
    private const int MostPartialAnswers = 3;

    private readonly WebApplication _app;
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly Uri _target;
    private readonly Lock _gate = new();
    private TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DatabaseIll _ill;
    private int _partialAnswers;

    private TorturedDatabase(WebApplication app, Uri target) => (_app, _target) = (app, target);

    public Uri Uri => new(_app.Urls.First());

    public static async Task<TorturedDatabase> StartAsync(Uri target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        var app = builder.Build();
        var proxy = new TorturedDatabase(app, target);
        app.Run(proxy.TakeAsync);
        await app.StartAsync();
        return proxy;
    }

    /// <summary>From now on; what an ill before held back goes on.</summary>
    public void Befall(DatabaseIll ill)
    {
        TaskCompletionSource over;
        lock (_gate)
        {
            (over, _over) = (_over, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            (_ill, _partialAnswers) = (ill, 0);
        }

        over.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Befall(DatabaseIll.None);
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        DatabaseIll ill;
        Task over;
        lock (_gate)
        {
            (ill, over) = (_ill, _over.Task);
            if (ill == DatabaseIll.PartialWrite && (context.Request.Path != "/write" || _partialAnswers++ >= MostPartialAnswers))
            {
                ill = DatabaseIll.None;
            }
        }

        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            return;
        }

        switch (ill)
        {
            case DatabaseIll.Unavailable:
                context.Response.StatusCode = 503;
                break;
            case DatabaseIll.TooManyRequests:
                context.Response.StatusCode = 429;
                context.Response.Headers.RetryAfter = "1";
                break;
            case DatabaseIll.Reset:
                context.Abort();
                break;
            case DatabaseIll.Silence:
                await over;
                context.Abort();
                break;
            case DatabaseIll.StoredLate:
                await over;
                await PassAsync(context, body.ToArray(), ill);
                break;
            default:
                await PassAsync(context, body.ToArray(), ill);
                break;
        }
    }

    private async Task PassAsync(HttpContext context, byte[] body, DatabaseIll ill)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_target, context.Request.Path + context.Request.QueryString));
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(body);
            foreach (string name in (string[])["Content-Type", "Content-Encoding"])
            {
                if (context.Request.Headers.TryGetValue(name, out var value))
                {
                    request.Content.Headers.TryAddWithoutValidation(name, value.ToString());
                }
            }
        }

        try
        {
            // As a proxy's buffer: once it is sent, the sender's end stops nothing.
            using var answer = await _client.SendAsync(request, ill == DatabaseIll.StoredLate ? CancellationToken.None : context.RequestAborted);
            byte[] content = await answer.Content.ReadAsByteArrayAsync();
            switch (ill)
            {
                case DatabaseIll.ResetAfterStoring:
                    context.Abort();
                    return;
                case DatabaseIll.PartialWrite when answer.IsSuccessStatusCode:
                    context.Response.StatusCode = 400;
                    await context.Response.WriteAsJsonAsync(new { error = "partial write: points beyond retention policy dropped=1" });
                    return;
                default:
                    break;
            }

            context.Response.StatusCode = (int)answer.StatusCode;
            if (answer.Headers.TryGetValues("X-Influxdb-Version", out var versions))
            {
                context.Response.Headers["X-Influxdb-Version"] = versions.First();
            }

            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            if (content.Length > 0)
            {
                await context.Response.Body.WriteAsync(content, context.RequestAborted);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            context.Abort();
        }
    }
}
