using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Ten thousand connections that say nothing: this process holds one end of each, the platform's the other.</summary>
public sealed class SilentConnectionsTests
{
    private const int Wanted = 10_000;

    /// <summary>Files that each process opens besides: the runtime, the store, the HTTP side.</summary>
    private const int OtherFiles = 600;

    /// <summary>Loopback addresses the connections come from, so that no run of the test exhausts one's ports.</summary>
    private const int Sources = 8;

    /// <summary>What a silent connection may cost, bytes of resident memory, sockets' own not counted.</summary>
    private const double MostBytesEach = 24 * 1024;

    private const string Connections = "alatau_mqtt_connections";
    private const string Memory = "alatau_process_resident_memory_bytes";

    [Fact]
    public async Task Connect_TenThousandThatSayNothing_AreHeldThenClosedAndCountedWhileOthersAreServed()
    {
        PlatformWithBystander.SkipWithoutPeers();
        int silent = await AllowedAsync();
        await using var running = new PlatformWithBystander { Settings = ["Mqtt:ConnectTimeout=00:00:10"] };
        await running.InitializeAsync();
        double memory = await running.Platform.MetricAsync(Memory);
        var peers = new List<Socket>(silent);
        try
        {
            Assert.Equal(0, await ConnectAsync(peers, silent, running.Platform.MqttPort));
            Assert.Equal(silent + 1, await running.Platform.UntilMetricAsync(Connections, v => v > silent));
            double grown = await running.Platform.MetricAsync(Memory) - memory;
            Assert.True(grown < silent * MostBytesEach, $"{silent:N0} silent connections cost {grown / 1e6:F1} MB");
            await running.OthersAreServedAsync();

            Assert.Equal(silent, await running.Platform.UntilMetricAsync(Event("ConnectTimeout"), v => v >= silent));
            await AllClosedAsync(peers);
            TestContext.Current.SendDiagnosticMessage(string.Create(CultureInfo.InvariantCulture, $"{silent:N0} silent connections cost {grown / silent / 1024:F1} KiB each"));
        }
        finally
        {
            peers.ForEach(p => p.Dispose());
        }

        Assert.Equal(0, await running.Platform.MetricAsync(Event("ConnectionLimit")));
        await AfterwardsAsync(running, silent);
    }

    [Fact]
    public async Task Connect_TenThousandAtALimit_ThoseBeyondAreRefusedAndCountedWhileOthersAreServed()
    {
        const int Limit = 1000;
        PlatformWithBystander.SkipWithoutPeers();
        int silent = await AllowedAsync();
        await using var running = new PlatformWithBystander { Settings = ["Mqtt:ConnectTimeout=00:00:30", string.Create(CultureInfo.InvariantCulture, $"Mqtt:MaximumConnections={Limit}")] };
        await running.InitializeAsync();
        var peers = new List<Socket>(silent);
        try
        {
            int reset = await ConnectAsync(peers, silent, running.Platform.MqttPort);

            // The client that behaves is one of those inside.
            int beyond = silent - (Limit - 1);
            Assert.Equal(beyond, await running.Platform.UntilMetricAsync(Event("ConnectionLimit"), v => v >= beyond));
            Assert.Equal(Limit, await running.Platform.MetricAsync(Connections));
            Assert.InRange(reset, 0, beyond);
            await AllClosedAsync(peers.Skip(Limit - 1));
            await running.OthersAreServedAsync();
        }
        finally
        {
            peers.ForEach(p => p.Dispose());
        }

        await AfterwardsAsync(running, silent);
    }

    /// <summary>Nothing of it is left, and what was less than wanted is said: the test then counts as skipped, though all it tried held.</summary>
    private static async Task AfterwardsAsync(PlatformWithBystander running, int silent)
    {
        await running.Platform.UntilMetricAsync(Connections, v => v <= 1);
        await running.OthersAreServedAsync();
        Assert.SkipWhen(silent < Wanted, $"Holds with {silent:N0} connections; this machine lets no process open the files for {Wanted:N0} (ulimit -n)");
    }

    /// <summary>Answers how many were reset before they were through; only a refusal is as quick as that.</summary>
    private static async Task<int> ConnectAsync(List<Socket> peers, int count, int port)
    {
        int reset = 0;
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(new IPAddress([127, 0, 77, (byte)(1 + (i % Sources))]), 0));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port);
                peers.Add(socket);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                socket.Dispose();
                reset++;
            }
        }

        return reset;
    }

    private static async Task AllClosedAsync(IEnumerable<Socket> peers)
    {
        using var limit = new CancellationTokenSource(AlatauProcess.Patience);
        byte[] one = new byte[1];
        foreach (var peer in peers)
        {
            try
            {
                Assert.Equal(0, await peer.ReceiveAsync(one, limit.Token));
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                // Closed, too.
            }
        }
    }

    /// <summary>As many as the machine lets a process open, at most those wanted. The runtime raises its soft limit to the hard one, so that one counts.</summary>
    private static async Task<int> AllowedAsync()
    {
        await using var shell = ProcessPeer.Start("/bin/sh", ["-c", "ulimit -H -n"]);
        await shell.WaitForExitAsync();
        int files = int.TryParse(shell.Output, CultureInfo.InvariantCulture, out int limit) ? limit : int.MaxValue;
        return Math.Clamp(files - OtherFiles, 100, Wanted);
    }

    private static string Event(string name) => $"alatau_mqtt_events_total{{event=\"{name}\"}}";
}
