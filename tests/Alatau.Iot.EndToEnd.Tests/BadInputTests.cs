using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>Every kind of bad input has a counted reason and no effect on others: a well-behaved client publishes all the while, and all of it is stored.</summary>
public sealed class BadInputTests(PlatformWithBystander running) : IClassFixture<PlatformWithBystander>
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
        PlatformWithBystander.SkipWithoutPeers();
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
        PlatformWithBystander.SkipWithoutPeers();
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
        PlatformWithBystander.SkipWithoutPeers();
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
}
