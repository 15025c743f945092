using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Alatau.Iot.Host.Settings;

namespace Alatau.Iot.Host.Commands;

/// <summary>The HTTP API of a running platform, as a verb asks it.</summary>
internal sealed class PlatformApi : IDisposable
{
    public const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly HttpClient _http;

    private PlatformApi(HttpClient http) => _http = http;

    /// <summary>Where the platform is, and as whom it is asked.</summary>
    public sealed class Switches
    {
        private readonly Option<string?> _url = new("--url") { Description = $"Address of the running platform. Default: {DefaultUrl}", HelpName = "URL" };
        private readonly Option<string?> _user = new("--user") { Description = "User of the credential file, where the platform wants one: an operator or a service.", HelpName = "NAME" };
        private readonly Option<string?> _password = new("--password-file") { Description = "File with that user's password; '-' reads one line from standard input.", HelpName = "FILE" };

        public void AddTo(Command command)
        {
            command.Add(_url);
            command.Add(_user);
            command.Add(_password);
        }

        /// <summary>Whether the user named an address.</summary>
        public bool NamesUrl(ParseResult parsed) => parsed.GetValue(_url) is not null;

        /// <exception cref="SettingsFaultException">An option is wrong.</exception>
        public async Task<PlatformApi> OpenAsync(ParseResult parsed, CancellationToken stop)
        {
            string text = parsed.GetValue(_url) ?? DefaultUrl;
            if (!Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            {
                throw new SettingsFaultException([$"--url {text}: write it as http://host:port."]);
            }

            string? user = parsed.GetValue(_user);
            string? password = await PasswordFile.ReadAsync(parsed.GetValue(_password), stop);
            if (user is null != password is null)
            {
                throw new SettingsFaultException(["--user and --password-file go together."]);
            }

            var http = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
            if (user is not null)
            {
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
            }

            return new PlatformApi(http);
        }
    }

    /// <summary>Asks, and answers the JSON.</summary>
    /// <exception cref="IOException">The platform isn't reached, or refuses; the message is its own sentence.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Get, path, stop);

    /// <summary>Tells the platform to do something.</summary>
    /// <exception cref="IOException">See <see cref="GetAsync"/>.</exception>
    public Task<JsonElement> PostAsync(string path, CancellationToken stop) => SendAsync(HttpMethod.Post, path, stop);

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, CancellationToken stop)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            using var answer = await _http.SendAsync(request, stop);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stop);
            return answer.IsSuccessStatusCode ? JsonSerializer.Deserialize<JsonElement>(body) : throw new IOException($"{_http.BaseAddress}: {Refusal(answer, body)}");
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"No platform answers at {_http.BaseAddress} ({e.Message}). Start it, or name its address with --url.", e);
        }
        catch (JsonException e)
        {
            throw new IOException($"What answers at {_http.BaseAddress} is no Alatau platform.", e);
        }
    }

    /// <summary>The detail of the problem (RFC 9457), else the status.</summary>
    private static string Refusal(HttpResponseMessage answer, byte[] body)
    {
        string status = FormattableString.Invariant($"{(int)answer.StatusCode} {answer.ReasonPhrase}");
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(body);
            return problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty("detail", out var detail) ? $"{status}: {detail.GetString()}" : status;
        }
        catch (JsonException)
        {
            return status;
        }
    }
}
