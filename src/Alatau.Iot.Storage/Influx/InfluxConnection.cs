using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alatau.Iot.Core.History;

namespace Alatau.Iot.Storage.Influx;

/// <summary>The HTTP conversation with one InfluxDB: writes in line protocol, queries in InfluxQL, and what each failure means.</summary>
internal sealed partial class InfluxConnection : IDisposable
{
    private readonly InfluxOptions _options;
    private readonly DatabaseClock? _clock;
    private readonly HttpClient _client;
    private readonly string _base;
    private volatile string? _token;

    /// <param name="options">Where the server is.</param>
    /// <param name="clock">Learns from every answer how far the server's clock is from ours; null when nobody asks.</param>
    internal InfluxConnection(InfluxOptions options, DatabaseClock? clock = null)
    {
        (_options, _clock) = (options, clock);
        _base = options.Url.AbsoluteUri.TrimEnd('/');
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(options.ConnectMilliseconds),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Whether writes go the way of 2.x; known after <see cref="DetectAsync"/>.</summary>
    internal bool IsV2 { get; private set; }

    /// <summary>As the server names it, without a leading v; empty when it doesn't. Known after <see cref="DetectAsync"/>.</summary>
    internal string ServerVersion { get; private set; } = "";

    /// <summary>Asks the server for its version and settles the way of writing.</summary>
    internal async Task DetectAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _base + "/ping");
        using var response = await SendAsync(request, _options.ConnectMilliseconds, "reach", cancellationToken);
        ServerVersion = response.Headers.TryGetValues("X-Influxdb-Version", out var versions) ? versions.First().TrimStart('v') : "";
        IsV2 = _options.ApiVersion switch
        {
            InfluxApiVersion.V1 => false,
            InfluxApiVersion.V2 => true,
            _ => !ServerVersion.StartsWith("1.", StringComparison.Ordinal),
        };
    }

    /// <summary>Sends some lines.</summary>
    /// <exception cref="StoreException">The answer speaks of the whole request, not of lines.</exception>
    internal async Task<InfluxWriteAnswer> WriteAsync(InfluxTier tier, LineBuffer lines, int from, int count, CancellationToken cancellationToken)
    {
        string path = IsV2
            ? $"/api/v2/write?org={Uri.EscapeDataString(_options.Org)}&bucket={Uri.EscapeDataString(tier.Bucket)}&precision=ms"
            : $"/write?db={Uri.EscapeDataString(tier.Database)}&precision=ms";
        using var request = new HttpRequestMessage(HttpMethod.Post, _base + path);
        request.Content = new ReadOnlyMemoryContent(_options.Gzip ? lines.Compress(from, count) : lines.Slice(from, count));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain", "utf-8");
        if (_options.Gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        using var response = await SendAsync(request, _options.WriteMilliseconds, "write", cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return new InfluxWriteAnswer(InfluxWriteVerdict.Stored, "", 0);
        }

        string words = await WordsAsync(response, cancellationToken);
        return response.StatusCode switch
        {
            HttpStatusCode.RequestEntityTooLarge => new InfluxWriteAnswer(InfluxWriteVerdict.TooLarge, words, 0),
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity when words.Contains("partial write", StringComparison.Ordinal) =>
                new InfluxWriteAnswer(InfluxWriteVerdict.SomeRefused, words, Dropped().Match(words) is { Success: true } match ? int.Parse(match.Groups["lines"].ValueSpan, CultureInfo.InvariantCulture) : 0),
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity => new InfluxWriteAnswer(InfluxWriteVerdict.Refused, words, 0),
            _ => throw Failure(response, words, "write", tier),
        };
    }

    /// <summary>Calls the JSON API of 2.x.</summary>
    /// <returns>Its answer; null when what was asked for isn't there.</returns>
    internal async Task<JsonNode?> AskAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, _base + path);
        request.Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await SendAsync(request, _options.QueryMilliseconds, "set up", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound && method == HttpMethod.Get)
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw Failure(response, await WordsAsync(response, cancellationToken), $"{method.Method} {path.Split('?')[0]}", tier: null);
        }

        using var answer = await ParseAsync(response, cancellationToken);
        return JsonObject.Create(answer.RootElement.Clone());
    }

    /// <summary>Runs one InfluxQL statement; times come as Unix milliseconds.</summary>
    /// <param name="tier">Where; null for statements that name their database or need none.</param>
    /// <param name="statement">What.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The series of its result; each has <c>columns</c> and <c>values</c>.</returns>
    internal async Task<JsonElement[]> QueryAsync(InfluxTier? tier, string statement, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_base}/query?{(tier is null ? "" : $"db={Uri.EscapeDataString(tier.Database)}&")}epoch=ms");
        request.Content = new FormUrlEncodedContent([new("q", statement)]);
        using var response = await SendAsync(request, _options.QueryMilliseconds, "query", cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw Failure(response, await WordsAsync(response, cancellationToken), "query", tier);
        }

        using var answer = await ParseAsync(response, cancellationToken);
        var result = answer.RootElement.GetProperty("results")[0];
        if (result.TryGetProperty("error", out var error))
        {
            string words = error.GetString() ?? "";
            throw new StoreException($"InfluxDB at {_base} refused a query: {words}. Query: {statement}", isTransient: words.Contains("timeout", StringComparison.Ordinal));
        }

        return result.TryGetProperty("series", out var series) ? [.. series.EnumerateArray().Select(element => element.Clone())] : [];
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Finds which field of which measurement the database holds under another type, in its own words.</summary>
    internal static bool TryFindConflict(string words, out string measurement, out string field)
    {
        var match = Conflict().Match(words);
        (measurement, field) = (match.Groups["measurement"].Value, match.Groups["field"].Value);
        return match.Success;
    }

    [GeneratedRegex("field type conflict: input field \"(?<field>.+?)\" on measurement \"(?<measurement>.+?)\" is type", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Conflict();

    [GeneratedRegex(@"dropped=(?<lines>\d{1,9})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Dropped();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, int milliseconds, string doing, CancellationToken cancellationToken)
    {
        Authorize(request);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bound.CancelAfter(milliseconds);
        try
        {
            var asking = _clock?.Ask();
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, bound.Token);
            asking?.Answered(response.Headers.Date);
            return response;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreException($"InfluxDB at {_base} did not answer within {milliseconds} ms when asked to {doing}. Cure: look whether it runs and is not overloaded.", isTransient: true, inner: exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new StoreException($"InfluxDB at {_base} can't be reached: {exception.Message.TrimEnd('.')}. Cure: start it, or mend Storage:Influx:Url.", isTransient: true, inner: exception);
        }
    }

    private void Authorize(HttpRequestMessage request)
    {
        _token ??= ReadToken();
        if (_token.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Token " + _token);
        }
        else if (_options.Username.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(_options.Username + ":" + _options.Password)));
        }
    }

    private string ReadToken()
    {
        if (_options.TokenFile.Length == 0)
        {
            return _options.Token;
        }

        try
        {
            return File.ReadAllText(_options.TokenFile).Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The token of InfluxDB can't be read from '{_options.TokenFile}': {exception.Message} Cure: put it there, readable by this user, or mend Storage:Influx:TokenFile.", isTransient: false, inner: exception);
        }
    }

    private StoreException Failure(HttpResponseMessage response, string words, string doing, InfluxTier? tier)
    {
        int status = (int)response.StatusCode;
        string place = (IsV2 ? $"org '{_options.Org}'" : "") + (tier is null ? "" : IsV2 ? $", bucket '{tier.Bucket}', database '{tier.Database}'" : $"database '{tier.Database}'");
        string head = $"InfluxDB at {_base} answered {status} when asked to {doing}{(place.Length == 0 ? "" : $" ({place})")}: {words}";
        switch (response.StatusCode)
        {
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                // A new token in the file counts at the next try.
                _token = null;
                return new StoreException($"{head}. Cure: give Storage:Influx:Token (or TokenFile; Username and Password for 1.x) the right to read and write there.", isTransient: false);
            case HttpStatusCode.NotFound:
                return new StoreException($"{head}. Cure: 'alatau influx setup' makes what is missing; or mend Storage:Influx:Org, Bucket and Database.", isTransient: false);
            case HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError:
                var after = response.Headers.RetryAfter;
                var wait = after?.Delta ?? (after?.Date is { } date && response.Headers.Date is { } now && date > now ? date - now : null);
                string cure = words.Contains("no space left", StringComparison.Ordinal) ? " Cure: make room on its disk; InfluxDB 1.x must then be restarted before it writes again." : "";
                return new StoreException($"{head}.{cure} It is tried again.", isTransient: true, wait);
            default:
                return new StoreException($"{head}. Cure: look whether Storage:Influx:Url leads to an InfluxDB and nothing else.", isTransient: false);
        }
    }

    private static async Task<string> WordsAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            using var json = JsonDocument.Parse(body);
            foreach (string name in (string[])["error", "message"])
            {
                if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out var words) && words.ValueKind == JsonValueKind.String)
                {
                    return words.GetString()!;
                }
            }
        }
        catch (JsonException)
        {
            // A proxy's page, or an old server's plain text: its own words as they are.
        }

        string text = body.ReplaceLineEndings(" ").Trim();
        return text.Length == 0 ? response.ReasonPhrase ?? "" : text[..Math.Min(text.Length, 500)];
    }

    private async Task<JsonDocument> ParseAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
        }
        catch (JsonException exception)
        {
            throw new StoreException($"InfluxDB at {_base} answered a query with something that is no JSON: {exception.Message} Cure: look whether Storage:Influx:Url leads to an InfluxDB and nothing else.", isTransient: false, inner: exception);
        }
    }
}
