using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests.Recovery;

/// <summary>What a Sparkplug node said of itself survives a kill, and a node that said nothing is asked.</summary>
public sealed class SparkplugKillTests
{
    // A birth names "Active Power" with alias 1, an int32; data carry the alias alone.
    private const string Publisher = """
        def varint(n):
            out = b""
            while n >= 0x80:
                out += bytes([n & 0x7F | 0x80]); n >>= 7
            return out + bytes([n])
        def metric(value, birth):
            body = (b"\x0a\x0cActive Power" if birth else b"") + b"\x10\x01" + (b"\x20\x03" if birth else b"") + b"\x50" + varint(value)
            return b"\x12" + bytes([len(body)]) + body
        c = new_client("edge1")
        c.connect("127.0.0.1", PORT)
        c.loop_start()
        for line in sys.stdin:
            kind, value, seq = line.split()
            c.publish("spBv1.0/plant/" + kind + "/edge1", metric(int(value), kind == "NBIRTH") + b"\x18" + varint(int(seq)), qos=1).wait_for_publish()
            say("SENT " + value)
        c.loop_stop()
        """;

    private static readonly string[] s_options = ["--set", "Ingest:AutoRegister=true", "--set", "Recovery:Journal=true", "--set", "Recovery:CheckpointInterval=00:00:01"];

    [Fact]
    public async Task Kill_BirthLiesBeforeTheCheckpoint_DataByAliasAreUnderstoodAtOnce()
    {
        Assert.SkipWhen(PahoScript.Missing is not null, PahoScript.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-e2e-").FullName;
        try
        {
            await using (var platform = await AlatauProcess.StartAsync("run", s_options, folder))
            {
                await PublishAsync(platform, "NBIRTH 100 0", "NDATA 101 1");

                // The journal forgets the birth only when two checkpoints lie behind it: then nothing but the checkpoint knows it.
                double before = await platform.MetricAsync("alatau_checkpoints_total");
                await platform.UntilMetricAsync("alatau_checkpoints_total", taken => taken >= before + 3);
                platform.Kill();
            }

            await using var again = await AlatauProcess.StartAsync("run", s_options, folder);
            await PublishAsync(again, "NDATA 102 2");
            await again.UntilAsync("api/v1/assets/field/plant-edge1", a => a.ValueOf("activePower") == 102);
            await again.QuietLedgerAsync(l => l.Long("received") == 3 && l.Long("quarantined") == 0);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Start_NodeOfTheFleetIsUnknown_IsAskedForItsBirth()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        using var devices = new DevicesCopy();
        devices.Add("fleets/plant.json", """
            {
              "name": "plant",
              "sites": [{ "name": "plant", "displayName": "Plant", "timeZone": "Asia/Almaty" }],
              "assets": [{ "id": "plant/edge7", "kind": "meter", "displayName": "Edge 7", "device": { "profile": "sparkplug-b", "id": "plant/edge7" } }]
            }
            """);
        await using var platform = await AlatauProcess.StartAsync("run", ["--devices", devices.Path]);
        await using var node = await MosquittoClients.SubscribeAsync(platform.MqttPort, "spBv1.0/plant/NCMD/#", "-F", "asked %t %x", "-C", "1");

        await node.WaitForAsync("asked spBv1.0/plant/NCMD/edge7", AlatauProcess.Patience);

        Assert.Contains(Convert.ToHexString("Node Control/Rebirth"u8), node.Output, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task PublishAsync(AlatauProcess platform, params string[] lines)
    {
        await using var publisher = PahoScript.Start(platform.MqttPort, Publisher);
        foreach (string line in lines)
        {
            await publisher.Input.WriteLineAsync(line);
        }

        publisher.Input.Close();
        Assert.Equal(0, await publisher.WaitForExitAsync(AlatauProcess.Patience));
    }
}
