using System.Diagnostics;
using System.Text;

namespace Alatau.Iot.Testing.Peers;

/// <summary>A program a test started: its output is gathered, and it is ended by its own process, never by name.</summary>
public sealed class ProcessPeer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private readonly List<(Predicate<string> Condition, TaskCompletionSource Met)> _waits = [];

    private ProcessPeer(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Standard output and error so far.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
                return _output.ToString();
        }
    }

    public StreamWriter Input => _process.StandardInput;

    /// <summary>The program's path, or null when it isn't installed.</summary>
    public static string? Find(params ReadOnlySpan<string> names)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/sbin", "/usr/local/sbin", "/usr/bin"];
        foreach (string name in names)
        {
            foreach (string folder in folders)
            {
                string path = Path.Combine(folder, name);
                if (File.Exists(path))
                    return path;
            }
        }

        return null;
    }

    public static ProcessPeer Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        var peer = new ProcessPeer(process);
        process.OutputDataReceived += (_, line) => peer.Hear(line.Data);
        process.ErrorDataReceived += (_, line) => peer.Hear(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return peer;
    }

    /// <summary>Waits until the output holds the text.</summary>
    /// <exception cref="TimeoutException">It didn't come; the message holds the output.</exception>
    public Task WaitForAsync(string text, TimeSpan? timeout = null) => WaitForAsync(output => output.Contains(text, StringComparison.Ordinal), text, timeout);

    public async Task WaitForAsync(Predicate<string> condition, string description, TimeSpan? timeout = null)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (condition(_output.ToString()))
                return;
            _waits.Add((condition, met));
        }

        try
        {
            await met.Task.WaitAsync(timeout ?? TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"'{description}' did not appear. Output:\n{Output}", exception);
        }
    }

    /// <summary>Waits for the end and answers the exit code.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? timeout = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(timeout ?? TimeSpan.FromSeconds(30));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The program did not end. Output:\n{Output}", exception);
        }

        return _process.ExitCode;
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null)
            return;
        lock (_gate)
        {
            _output.AppendLine(line);

            // A talkative program is not to cost a copy of all it said for every line while nobody waits.
            if (_waits.Count == 0)
                return;
            string all = _output.ToString();
            for (int index = _waits.Count - 1; index >= 0; index--)
            {
                if (!_waits[index].Condition(all))
                    continue;
                _waits[index].Met.TrySetResult();
                _waits.RemoveAt(index);
            }
        }
    }
}
