using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>The platform as a user starts it: a process of its own with free ports and a folder of its own, ended by Ctrl+C.</summary>
public sealed partial class AlatauProcess : IAsyncDisposable
{
    /// <summary>Longest wait for anything; generous, since a pass costs only what it needs.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<(int Mqtt, int Http)> _ports = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ownsFolder;
    private int _mqtt;

    private AlatauProcess(string folder, bool ownsFolder, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        Folder = folder;
        _ownsFolder = ownsFolder;
        _process = new Process { StartInfo = StartInfo(arguments, environment), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ports.TrySetException(new InvalidOperationException($"alatau ended before it listened:{Environment.NewLine}{Output}"));
    }

    public string Folder { get; }

    public int MqttPort { get; private set; }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a verb (<c>run</c> or <c>demo</c>) and waits until it listens.</summary>
    public static async Task<AlatauProcess> StartAsync(string verb, IEnumerable<string>? options = null, string? folder = null)
    {
        var platform = Launch(verb, options ?? [], folder);
        await platform.ListeningAsync();
        return platform;
    }

    /// <summary>Starts a verb without waiting.</summary>
    /// <param name="environment">Added to that of the tests.</param>
    public static AlatauProcess Launch(string verb, IEnumerable<string> options, string? folder, int mqttPort = 0, IReadOnlyDictionary<string, string>? environment = null)
    {
        string data = folder ?? Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        var platform = new AlatauProcess(data, folder is null, [verb, "--mqtt-port", FormattableString.Invariant($"{mqttPort}"), "--http-port", "0", "--data", data, .. options], environment);
        platform._process.Start();
        platform._process.BeginOutputReadLine();
        platform._process.BeginErrorReadLine();
        return platform;
    }

    /// <summary>Completes when it listens; throws with its output when it ended before.</summary>
    public async Task ListeningAsync()
    {
        (MqttPort, int http) = await _ports.Task.WaitAsync(Patience);
        Http.BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{http}/"));
    }

    /// <summary>Runs a verb to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunToEndAsync(params string[] arguments) => RunToEndAsync("", arguments);

    /// <summary>Runs a verb to its end with something on its standard input.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(string input, string[] arguments)
    {
        using var process = new Process { StartInfo = StartInfo(arguments) };
        process.Start();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await error);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
        string body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(body)
            : throw new InvalidOperationException($"GET {path}: {(int)answer.StatusCode} {body}");
    }

    /// <summary>Asks until <paramref name="holds"/>; fails with the last answer after a minute.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> holds)
    {
        long began = TimeProvider.System.GetTimestamp();
        string last = "";
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            try
            {
                var answer = await GetAsync(path);
                last = answer.ToString();
                if (holds(answer))
                {
                    return answer;
                }
            }
            catch (Exception e) when (e is InvalidOperationException or HttpRequestException or TaskCanceledException)
            {
                // An answer may take longer than the client waits, and a connection may break, where everything is slow.
                last = e.Message;
            }

            await Task.Delay(s_pause, TimeProvider.System);
        }

        throw new TimeoutException($"GET {path} did not become what was awaited. Last: {last}{Environment.NewLine}{Output}");
    }

    /// <summary>One sample of <c>/metrics</c>, by its name with labels; zero when it isn't there.</summary>
    public async Task<double> MetricAsync(string sample)
    {
        string text = await Http.GetStringAsync(new Uri("metrics", UriKind.Relative));
        string? line = text.Split('\n').FirstOrDefault(l => l.StartsWith(sample + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(sample.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Looks at a sample until <paramref name="holds"/>; fails with the last value after a minute.</summary>
    public async Task<double> UntilMetricAsync(string sample, Func<double, bool> holds)
    {
        long began = TimeProvider.System.GetTimestamp();
        double last = await MetricAsync(sample);
        while (!holds(last))
        {
            if (TimeProvider.System.GetElapsedTime(began) > Patience)
            {
                throw new TimeoutException($"{sample} did not become what was awaited. Last: {last}{Environment.NewLine}{Output}");
            }

            await Task.Delay(s_pause, TimeProvider.System);
            last = await MetricAsync(sample);
        }

        return last;
    }

    /// <summary>Waits until nothing is on the road, and checks that the account closes.</summary>
    public async Task<JsonElement> QuietLedgerAsync(Func<JsonElement, bool>? also = null)
    {
        var ledger = await UntilAsync("api/v1/ledger", l => l.Long("waiting") == 0 && (also?.Invoke(l) ?? true));
        Assert.Equal(0, ledger.Long("unaccounted"));
        Assert.Equal(ledger.Long("received"), ledger.Long("stored") + ledger.Long("duplicate") + ledger.Long("quarantined"));
        return ledger;
    }

    /// <summary>All points of a series, page by page.</summary>
    public async Task<IReadOnlyList<JsonElement>> SeriesAsync(string asset, string measurand, DateTimeOffset from, DateTimeOffset to, string window = "raw")
    {
        var points = new List<JsonElement>();
        string? at = from.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        while (at is not null)
        {
            var page = await GetAsync($"api/v1/assets/{asset}/series?measurand={measurand}&window={window}&from={Uri.EscapeDataString(at)}&to={to.ToUnixTimeMilliseconds()}&limit=10000");
            points.AddRange(page.GetProperty("points").EnumerateArray());
            at = page.GetProperty("next").GetString();
        }

        return points;
    }

    /// <summary>Presses Ctrl+C and answers exit code and time to the end.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        using var kill = Process.Start("kill", ["-INT", FormattableString.Invariant($"{_process.Id}")]);
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return (_process.ExitCode, TimeProvider.System.GetElapsedTime(began));
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        if (_ownsFolder)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <remarks>A shell's background job ignores Ctrl+C and so would all it starts; env gives it back. Env becomes the program, so that the process id is the platform's.</remarks>
    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        new("env", ["--default-signal=INT", .. (environment ?? new Dictionary<string, string>(StringComparer.Ordinal)).Select(pair => $"{pair.Key}={pair.Value}"), "dotnet", "exec", Path.Combine(AppContext.BaseDirectory, "alatau.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
            WorkingDirectory = Root,
        };

    /// <summary>The checkout: the nearest folder above with devices/profiles in it.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (at is not null && !Directory.Exists(Path.Combine(at.FullName, "devices", "profiles")))
        {
            at = at.Parent;
        }

        return at?.FullName ?? throw new InvalidOperationException("No folder devices/profiles above the tests.");
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (MqttLine().Match(line) is { Success: true } mqtt)
        {
            _mqtt = int.Parse(mqtt.Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (HttpLine().Match(line) is { Success: true } http)
        {
            _ports.TrySetResult((_mqtt, int.Parse(http.Groups["port"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [GeneratedRegex(@"^MQTT +mqtt://[^ ]*:(?<port>\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex MqttLine();

    [GeneratedRegex(@"^Console +http://[^ ]*:(?<port>\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex HttpLine();
}
