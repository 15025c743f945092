using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Alatau.Iot.Testing.Peers;

/// <summary>A real mosquitto on a free loopback port with a configuration and a folder of its own.</summary>
public sealed class MosquittoBroker : IAsyncDisposable
{
    private readonly string _folder;
    private ProcessPeer? _process;

    private MosquittoBroker(int port, string folder)
    {
        Port = port;
        _folder = folder;
    }

    public int Port { get; }

    public Uri Uri => new($"mqtt://127.0.0.1:{Port}");

    /// <summary>Null when installed, else why a test has to be skipped.</summary>
    public static string? Missing => ProcessPeer.Find("mosquitto") is null ? "mosquitto isn't installed" : null;

    /// <summary>Starts a broker that accepts anonymous peers.</summary>
    /// <param name="more">Further lines of mosquitto.conf.</param>
    public static async Task<MosquittoBroker> StartAsync(params string[] more)
    {
        var broker = new MosquittoBroker(FreePort.Take(), Directory.CreateTempSubdirectory("alatau-mosquitto-").FullName);
        string[] lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"listener {broker.Port} 127.0.0.1"),
            "allow_anonymous true",
            "persistence false",
            "max_queued_messages 100000",
            "max_inflight_messages 1000",
            .. Environment.UserName == "root" ? ["user root"] : Array.Empty<string>(),
            .. more,
        ];
        await File.WriteAllLinesAsync(broker.ConfigPath, lines);
        await broker.RestartAsync();
        return broker;
    }

    /// <summary>Starts it again on the same port, after <see cref="KillAsync"/>.</summary>
    public async Task RestartAsync()
    {
        string program = ProcessPeer.Find("mosquitto") ?? throw new InvalidOperationException(Missing);
        _process = ProcessPeer.Start(program, ["-v", "-c", ConfigPath]);
        await _process.WaitForAsync("running");
        using var probe = new TcpClient();
        await probe.ConnectAsync(IPAddress.Loopback, Port);
    }

    /// <summary>What the broker has logged so far.</summary>
    public string Log => _process?.Output ?? "";

    public Task WaitForLogAsync(string text) => _process!.WaitForAsync(text);

    public Task KillAsync() => _process!.KillAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string ConfigPath => Path.Combine(_folder, "mosquitto.conf");
}
