using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Alatau.Iot.Testing;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Benchmarks.Servers;

/// <summary>mosquitto as fast as it goes: no log, no persistence, no bound that makes it drop.</summary>
internal sealed class MosquittoServer : IAsyncDisposable
{
    private readonly ProcessPeer _process;
    private readonly TempFolder _folder;

    private MosquittoServer(ProcessPeer process, TempFolder folder, int port) => (_process, _folder, Port) = (process, folder, port);

    public int Id => _process.Id;

    public int Port { get; }

    /// <summary>What it is configured with, for the report.</summary>
    public static IReadOnlyList<string> Settings { get; } =
        ["allow_anonymous true", "persistence false", "max_queued_messages 0", "max_queued_bytes 0", "max_inflight_messages 0", "set_tcp_nodelay true", "sys_interval 0", "connection_messages false", "log_dest none"];

    public static async Task<MosquittoServer> StartAsync()
    {
        string program = ProcessPeer.Find("mosquitto") ?? throw new InvalidOperationException("mosquitto isn't installed: apt-get install mosquitto.");
        var folder = new TempFolder();
        int port = FreePort.Take();
        string[] user = Environment.UserName == "root" ? ["user root"] : [];
        await File.WriteAllLinesAsync(folder.File("mosquitto.conf"), [string.Create(CultureInfo.InvariantCulture, $"listener {port} 127.0.0.1"), .. Settings, .. user]);
        var process = ProcessPeer.Start(program, ["-c", folder.File("mosquitto.conf")]);
        await Eventually.TrueAsync(() => process.HasExited || Listens(port));
        return process.HasExited ? throw new InvalidOperationException("mosquitto ended: " + process.Output) : new MosquittoServer(process, folder, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static bool Listens(int port)
    {
        try
        {
            using var probe = new TcpClient();
            probe.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
