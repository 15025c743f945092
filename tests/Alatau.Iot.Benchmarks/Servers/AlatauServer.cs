using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Benchmarks.Servers;

/// <summary>The platform as a user starts it: <c>alatau run</c>, a process of its own on free loopback ports with a folder of its own.</summary>
internal sealed partial class AlatauServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    private readonly ProcessPeer _process;
    private readonly TempFolder _folder;
    private readonly HttpClient _http;

    private AlatauServer(ProcessPeer process, TempFolder folder, int mqttPort, int httpPort)
    {
        (_process, _folder, MqttPort) = (process, folder, mqttPort);
        _http = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{httpPort}/")), Timeout = TimeSpan.FromMinutes(1) };
    }

    public int Id => _process.Id;

    public int MqttPort { get; }

    /// <summary>Starts it with self-registration on and waits until it listens.</summary>
    /// <param name="options">Environment and settings the user asked for.</param>
    /// <param name="settings">Settings of this run, as <c>Section:Name=value</c>.</param>
    /// <param name="devicesFolder">Null for the shipped one.</param>
    public static async Task<AlatauServer> StartAsync(BenchOptions options, IEnumerable<string> settings, string? devicesFolder = null)
    {
        var folder = new TempFolder();
        string[] all = ["Ingest:AutoRegister=true", .. settings, .. options.Settings];
        var process = ProcessPeer.Start(
            "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "alatau.dll"), "run", "--mqtt-port", "0", "--http-port", "0", "--data", folder.Path,
                "--devices", devicesFolder ?? ProjectRoot.Of("devices"), .. all.SelectMany(s => new[] { "--set", s }),
            ],
            options.Environment);
        try
        {
            await process.WaitForAsync(output => HttpLine().IsMatch(output) || process.HasExited, "Console", s_patience);
            string output = process.Output;
            return process.HasExited
                ? throw new InvalidOperationException("alatau ended: " + output)
                : new AlatauServer(process, folder, Port(MqttLine().Match(output)), Port(HttpLine().Match(output)));
        }
        catch
        {
            await process.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    public async Task<Account> ReadLedgerAsync() =>
        await _http.GetFromJsonAsync<Account>(new Uri("api/v1/ledger", UriKind.Relative), JsonSerializerOptions.Web) ?? throw new InvalidOperationException("The ledger answered nothing.");

    /// <summary>One sample of <c>/metrics</c>; samples of several labels are summed.</summary>
    public async Task<double> ReadMetricAsync(string name)
    {
        string text = await _http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        double sum = 0;
        bool isFound = false;
        foreach (string line in text.Split('\n').Where(l => l.StartsWith(name, StringComparison.Ordinal) && l.Length > name.Length && l[name.Length] is ' ' or '{'))
        {
            sum += double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
            isFound = true;
        }

        return isFound ? sum : throw new InvalidOperationException($"/metrics has no {name}.");
    }

    /// <exception cref="WrongResultException">The API refused; its words and the platform's log are in the message.</exception>
    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadFromJsonAsync<JsonElement>()
            : throw new WrongResultException($"GET {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}{Environment.NewLine}{_process.Output}");
    }

    /// <summary>Waits until the ledger shows <paramref name="messages"/> received and none waiting.</summary>
    /// <exception cref="WrongResultException">It does not come to that, or something else than stored became of a message.</exception>
    public async Task UntilStoredAsync(long messages)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var account = await ReadLedgerAsync();
            if (account.IsWhole(messages))
            {
                return;
            }

            bool isLost = account.Duplicate + account.Quarantined + account.Unaccounted != 0 || account.Received > messages;
            if (isLost || _process.HasExited || TimeProvider.System.GetElapsedTime(began) > s_patience)
            {
                throw new WrongResultException($"{messages} messages were sent, the ledger says {account}.{Environment.NewLine}{_process.Output}");
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static int Port(Match match) => int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"mqtt://[^ \n]*:(?<port>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex MqttLine();

    [GeneratedRegex(@"http://[^ \n]*:(?<port>\d+)\s", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex HttpLine();
}
