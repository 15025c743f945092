using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Torture;

/// <summary>The platform's process through all its deaths: one data folder, one MQTT port.</summary>
internal sealed class TorturedPlatform(string folder, IReadOnlyList<string> options, TorturedClock clock) : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    private readonly List<(int Number, string Output)> _past = [];
    private AlatauProcess? _process;
    private int _number;

    public int Port { get; } = FreePort.Take();

    /// <summary>Times it was killed.</summary>
    public int Kills { get; private set; }

    /// <summary>Starts that ended by themselves because the disk was full.</summary>
    public int Refusals { get; private set; }

    public AlatauProcess Process => _process ?? throw new InvalidOperationException("The platform isn't running.");

    /// <summary>Whether it ended although nobody killed it.</summary>
    public bool HasDied => _process?.HasExited ?? false;

    /// <summary>What every process said, the present one last.</summary>
    public string Log => string.Join(Environment.NewLine, _past.Append((_number, _process?.Output ?? "")).Select(p => $"--- process {p.Item1}{Environment.NewLine}{p.Item2}"));

    /// <summary>Starts without waiting until it listens.</summary>
    public void Launch()
    {
        _number++;
        _process = AlatauProcess.Launch("run", options, folder, Port, clock.Environment);
    }

    /// <summary>Starts, and again when a full disk ended the start.</summary>
    /// <param name="mayFail">Whether something is wrong that may end a start.</param>
    public async Task StartAsync(Func<bool> mayFail)
    {
        while (true)
        {
            bool mayHaveFailed = mayFail();
            if (_process is null)
            {
                Launch();
            }

            try
            {
                await _process!.ListeningAsync();
                return;
            }
            catch (InvalidOperationException) when (mayHaveFailed || mayFail())
            {
                Refusals++;
                await BuryAsync();
                await Task.Delay(s_pause, TimeProvider.System);
            }
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (_process is { HasExited: false } process)
        {
            process.Kill();
            Kills++;
        }

        await BuryAsync();
    }

    /// <summary>Ctrl+C; answers the exit code.</summary>
    public async Task<int> StopAsync()
    {
        var (code, _) = await Process.StopAsync();
        await BuryAsync();
        return code;
    }

    /// <summary>Completes when nothing is on the road or waits for the store, and answers the ledger.</summary>
    public async Task<JsonElement> QuietAsync(Func<JsonElement, bool> also)
    {
        await Process.UntilAsync("api/v1/ledger", l => l.Long("waiting") == 0 && also(l));
        await Process.UntilMetricAsync("alatau_outbox_batches", batches => batches == 0);
        return await Process.GetAsync("api/v1/ledger");
    }

    public async ValueTask DisposeAsync() => await BuryAsync();

    private async Task BuryAsync()
    {
        if (_process is { } process)
        {
            _process = null;
            await process.DisposeAsync();
            _past.Add((_number, process.Output));
        }
    }
}
