using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Every kind of bad input has a counted reason and no effect on others: a well-behaved client publishes all the while, and all of it is stored.</summary>
public sealed class BadInputTests(BadInputTests.Running running) : IClassFixture<BadInputTests.Running>
{
    private static readonly byte[] s_connect = [0x10, 0x0C, 0x00, 0x04, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 0];

    private AlatauProcess Platform => running.Platform;

    [Theory]
    [InlineData("gate/m-hotel", "this is no JSON", "malformed")]
    [InlineData("gate/m-hotel", "{\"v\":{\"activePower\":1", "malformed")]
    [InlineData("gate/m-hotel", "{\"v\":{\"activePower\":NaN}}", "malformed")]
    [InlineData("gate/nobody", "{\"v\":{\"activePower\":1}}", "unknownDevice")]
    [InlineData("gate/m-hotel", "{\"ts\":AHEAD,\"v\":{\"activePower\":1}}", "clockAhead")]
    public async Task Publish_WhatCannotBeTaken_IsQuarantinedWithItsReason(string asset, string payload, string reason)
    {
        Running.SkipWithoutPeers();
        string sent = payload.Replace("AHEAD", TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        long before = (await Platform.GetAsync("api/v1/quarantine")).GetProperty("counts").Long(reason);
        await PublishAsync(asset, sent);
        var quarantine = await Platform.UntilAsync("api/v1/quarantine", q => q.GetProperty("counts").Long(reason) == before + 1);
        var kept = quarantine.Items.First(i => i.Text("reason") == reason);
        Assert.Equal(sent, kept.Text("payload"));
        Assert.Equal($"alatau/v1/{asset}/telemetry", kept.Text("topic"));
        Assert.Equal("mqtt", kept.Text("route"));
        Assert.NotEmpty(kept.Text("detail"));
        await running.OthersAreServedAsync();
    }

    [Theory]
    [InlineData("{\"v\":{\"voltage.l1\":123456789}}", "out_of_range")]
    [InlineData("{\"v\":{\"voltage.l1\":\"NaN\"}}", "bad")]
    [InlineData("{\"v\":{\"voltage.l1\":1e999}}", "bad")]
    public async Task Publish_ValueThatCannotBe_IsCountedAndNeverShownAsGood(string payload, string outcome)
    {
        Running.SkipWithoutPeers();
        string sample = $"alatau_readings_total{{outcome=\"{outcome}\"}}";
        double before = await Platform.MetricAsync(sample);
        await PublishAsync("gate/m-police", payload);
        Assert.Equal(before + 1, await Platform.UntilMetricAsync(sample, v => v > before));
        var asset = await Platform.GetAsync("api/v1/assets/gate/m-police");
        Assert.DoesNotContain(asset.Values.Values, v => v.Text("quality") == "good");
        await running.OthersAreServedAsync();
    }

    [Theory]
    [InlineData("30FFFFFF7F", "PacketTooLarge")] // A PUBLISH that announces 256 MB.
    [InlineData("300600026123414243", "TopicNameInvalid")] // Topic "a#".
    [InlineData("3050000161", "StoppedMidPacket")] // The peer goes after five bytes.
    public async Task Send_BrokenPacket_ClosesThatConnectionOnlyAndIsCounted(string hex, string counted)
    {
        Running.SkipWithoutPeers();
        string sample = $"alatau_mqtt_events_total{{event=\"{counted}\"}}";
        double before = await Platform.MetricAsync(sample);
        using (var peer = new TcpClient())
        {
            await peer.ConnectAsync(IPAddress.Loopback, Platform.MqttPort);
            var stream = peer.GetStream();
            await stream.WriteAsync(s_connect);
            await stream.ReadExactlyAsync(new byte[4]);
            await stream.WriteAsync(Convert.FromHexString(hex));
            if (counted == "StoppedMidPacket")
            {
                peer.Client.Shutdown(SocketShutdown.Send);
            }

            using var limit = new CancellationTokenSource(AlatauProcess.Patience);
            Assert.Equal(0, await ReadOrResetAsync(stream, limit.Token));
        }

        Assert.Equal(before + 1, await Platform.UntilMetricAsync(sample, v => v > before));
        await running.OthersAreServedAsync();
    }

    [Fact]
    public async Task Connect_ThousandsThatSayNothing_AreClosedAndCountedWhileOthersAreServed()
    {
        Running.SkipWithoutPeers();
        int silent = await SilentConnectionsAsync();
        const string Sample = "alatau_mqtt_events_total{event=\"ConnectTimeout\"}";
        double before = await Platform.MetricAsync(Sample);
        var peers = new List<Socket>();
        try
        {
            for (int i = 0; i < silent; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                peers.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, Platform.MqttPort);
            }

            await running.OthersAreServedAsync();
            await Platform.UntilMetricAsync(Sample, v => v >= before + silent);
        }
        finally
        {
            peers.ForEach(p => p.Dispose());
        }

        await Platform.UntilMetricAsync("alatau_mqtt_connections", v => v <= 2);
        await running.OthersAreServedAsync();
    }

    /// <summary>As many as the machine lets both processes open, at most 2,000.</summary>
    private static async Task<int> SilentConnectionsAsync()
    {
        await using var shell = ProcessPeer.Start("/bin/sh", ["-c", "ulimit -n"]);
        await shell.WaitForExitAsync();
        int files = int.TryParse(shell.Output, CultureInfo.InvariantCulture, out int limit) ? limit : 1_000_000;
        return Math.Clamp(files - 500, 100, 2000);
    }

    private static async Task<int> ReadOrResetAsync(NetworkStream stream, CancellationToken stop)
    {
        try
        {
            return await stream.ReadAsync(new byte[64], stop);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async Task PublishAsync(string asset, string payload)
    {
        var sent = await MosquittoClients.PublishAsync(Platform.MqttPort, $"alatau/v1/{asset}/telemetry", payload, "-q", "1");

        // What can't be taken is acknowledged all the same: it is kept, and sending it again would change nothing.
        Assert.True(sent.ExitCode == 0, sent.Output);
    }

    /// <summary>One platform, and one client that behaves: message n is stamped START + n s and says n.</summary>
    public sealed class Running : IAsyncLifetime
    {
        private const string Bystander = """
            start = int(sys.stdin.readline())
            gone = threading.Event()
            c = new_client("bystander")
            c.on_disconnect = lambda *more: (say("LOST"), gone.set())
            c.connect("127.0.0.1", PORT)
            c.loop_start()
            n = 0
            while not gone.is_set():
                info = c.publish("alatau/v1/gate/m-mall/telemetry", '{"ts":%d,"v":{"activePower":%d}}' % (start + n * 1000, n), qos=1)
                info.wait_for_publish(60)
                say("ACKED %d" % n)
                n += 1
                time.sleep(0.02)
            """;

        private readonly DateTimeOffset _start = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().AddHours(-5).ToUnixTimeSeconds());
        private ProcessPeer? _bystander;

        public AlatauProcess Platform { get; private set; } = null!;

        private int Acknowledged => _bystander!.Output.Split('\n').Count(l => l.StartsWith("ACKED ", StringComparison.Ordinal));

        public static void SkipWithoutPeers() => Assert.SkipWhen((PahoScript.Missing ?? MosquittoClients.Missing) is not null, PahoScript.Missing ?? MosquittoClients.Missing ?? "");

        public async ValueTask InitializeAsync()
        {
            Platform = await AlatauProcess.StartAsync("run", ["--set", "Mqtt:ConnectTimeout=00:00:05"]);
            if (PahoScript.Missing is null)
            {
                _bystander = PahoScript.Start(Platform.MqttPort, Bystander);
                await _bystander.Input.WriteLineAsync(_start.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
                await _bystander.Input.FlushAsync();
                await _bystander.WaitForAsync("ACKED 5", AlatauProcess.Patience);
            }
        }

        /// <summary>The client that behaves goes on, was never disconnected, and all it was acknowledged is stored; the account closes.</summary>
        public async Task OthersAreServedAsync()
        {
            int before = Acknowledged;
            await _bystander!.WaitForAsync($"ACKED {before + 5}{Environment.NewLine}", AlatauProcess.Patience);
            Assert.DoesNotContain("LOST", _bystander.Output, StringComparison.Ordinal);
            int acknowledged = Acknowledged;
            var values = new List<double>();
            long began = TimeProvider.System.GetTimestamp();
            while (values.Count < acknowledged && TimeProvider.System.GetElapsedTime(began) < AlatauProcess.Patience)
            {
                values = [.. (await Platform.SeriesAsync("gate/m-mall", "activePower", _start, _start.AddHours(5))).Select(p => p.Double("v"))];
            }

            Assert.Equal(Enumerable.Range(0, values.Count).Select(n => (double)n), values);
            Assert.True(values.Count >= acknowledged, $"{values.Count} of {acknowledged} stored");
            var ledger = await Platform.GetAsync("api/v1/ledger");
            Assert.Equal(0, ledger.Long("unaccounted"));
        }

        public async ValueTask DisposeAsync()
        {
            if (_bystander is not null)
            {
                await _bystander.DisposeAsync();
                await Platform.QuietLedgerAsync();
            }

            await Platform.DisposeAsync();
        }
    }
}
