using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>The platform as a user starts it: a process of its own with free ports and a folder of its own, ended by Ctrl+C.</summary>
public sealed partial class AlatauProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<(int Mqtt, int Http)> _ports = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _ownsFolder;
    private int _mqtt;

    private AlatauProcess(string folder, bool ownsFolder, IEnumerable<string> arguments)
    {
        Folder = folder;
        _ownsFolder = ownsFolder;
        _process = new Process { StartInfo = StartInfo(arguments), EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ports.TrySetException(new InvalidOperationException($"alatau ended before it listened:{Environment.NewLine}{Output}"));
    }

    public string Folder { get; }

    public int MqttPort { get; private set; }

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public int Id => _process.Id;

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
        string data = folder ?? Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        var platform = new AlatauProcess(data, folder is null, [verb, "--mqtt-port", "0", "--http-port", "0", "--data", data, .. options ?? []]);
        platform._process.Start();
        platform._process.BeginOutputReadLine();
        platform._process.BeginErrorReadLine();
        (platform.MqttPort, int http) = await platform._ports.Task.WaitAsync(s_patience);
        platform.Http.BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{http}/"));
        return platform;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunToEndAsync(params string[] arguments)
    {
        using var process = new Process { StartInfo = StartInfo(arguments) };
        process.Start();
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
        while (TimeProvider.System.GetElapsedTime(began) < s_patience)
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
            catch (InvalidOperationException e)
            {
                last = e.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        throw new TimeoutException($"GET {path} did not become what was awaited. Last: {last}{Environment.NewLine}{Output}");
    }

    /// <summary>Presses Ctrl+C and answers exit code and time to the end.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> StopAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        using var kill = Process.Start("kill", ["-INT", FormattableString.Invariant($"{_process.Id}")]);
        using var limit = new CancellationTokenSource(s_patience);
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

    private static ProcessStartInfo StartInfo(IEnumerable<string> arguments) =>
        new("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "alatau.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
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
            _mqtt = int.Parse(mqtt.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
        }
        else if (HttpLine().Match(line) is { Success: true } http)
        {
            _ports.TrySetResult((_mqtt, int.Parse(http.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)));
        }
    }

    [GeneratedRegex(@"mqtt://[^ ]*:(\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex MqttLine();

    [GeneratedRegex(@"http://[^ ]*:(\d+)", RegexOptions.NonBacktracking)]
    private static partial Regex HttpLine();
}
