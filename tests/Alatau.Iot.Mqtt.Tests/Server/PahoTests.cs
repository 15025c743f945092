using Alatau.Iot.Mqtt.Identity;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Mqtt.Tests.Server;

/// <summary>paho-mqtt, the client most devices' authors use, against our server.</summary>
public sealed class PahoTests
{
    [Theory]
    [InlineData("False", 0)]
    [InlineData("False", 1)]
    [InlineData("False", 2)]
    [InlineData("True", 0)]
    [InlineData("True", 1)]
    [InlineData("True", 2)]
    public async Task PublishAndSubscribe_HundredMessages_ComeBackInOrder(string v5, int qos)
    {
        Assert.SkipWhen(PahoScript.Missing is not null, PahoScript.Missing ?? "");
        await using ServerFixture server = await ServerFixture.StartAsync();
        string output = await PahoScript.RunAsync(server.Port, $$"""
            got = []
            ready = threading.Event()
            done = threading.Event()
            c = new_client("paho", {{v5}})
            def on_message(client, userdata, m):
                got.append((m.topic, m.payload.decode(), m.qos))
                if len(got) == 100:
                    done.set()
            c.on_message = on_message
            c.on_subscribe = lambda *a: ready.set()
            c.connect("127.0.0.1", PORT, 30)
            c.loop_start()
            c.subscribe("alatau/+/gate/#", {{qos}})
            assert ready.wait(10)
            for i in range(100):
                c.publish("alatau/v1/gate/m", str(i), {{qos}})
            assert done.wait(10), len(got)
            c.disconnect()
            assert [g[1] for g in got] == [str(i) for i in range(100)], got
            assert all(g[2] == {{qos}} for g in got)
            say("all came")
            """);
        Assert.Contains("all came", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RetainedAndWill_BothVersions_Work()
    {
        Assert.SkipWhen(PahoScript.Missing is not null, PahoScript.Missing ?? "");
        await using ServerFixture server = await ServerFixture.StartAsync();
        string output = await PahoScript.RunAsync(server.Port, """
            for v5 in (False, True):
                got = {}
                event = threading.Event()
                p = new_client("p", v5)
                p.connect("127.0.0.1", PORT, 30)
                p.loop_start()
                p.publish("kept/%s" % v5, "value", 1, retain=True).wait_for_publish()
                w = new_client("w", v5)
                w.will_set("will/%s" % v5, "gone", 1, retain=False)
                w.connect("127.0.0.1", PORT, 30)
                w.loop_start()
                s = new_client("s", v5)
                def on_message(client, userdata, m):
                    got[m.topic] = (m.payload.decode(), m.retain)
                    event.set()
                s.on_message = on_message
                subscribed = threading.Event()
                s.on_subscribe = lambda *a: subscribed.set()
                s.connect("127.0.0.1", PORT, 30)
                s.loop_start()
                s.subscribe([("kept/%s" % v5, 1), ("will/#", 1)])
                assert subscribed.wait(10)
                assert event.wait(10)
                assert got["kept/%s" % v5] == ("value", 1), got
                event.clear()
                import socket
                w.socket().shutdown(socket.SHUT_RDWR)
                w.loop_stop()
                assert event.wait(10)
                assert got["will/%s" % v5] == ("gone", 0), got
                for c in (p, s):
                    c.disconnect()
            say("kept and gone")
            """);
        Assert.Contains("kept and gone", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_Credentials_AreAskedFor()
    {
        Assert.SkipWhen(PahoScript.Missing is not null, PahoScript.Missing ?? "");
        string folder = Directory.CreateTempSubdirectory("alatau-paho-").FullName;
        try
        {
            string path = Path.Combine(folder, "credentials.json");
            CredentialFile.Add(path, "meter", "password-1", MqttRole.Device, "gate/meter");
            using var file = new CredentialFile(path);
            await using ServerFixture server = await ServerFixture.StartAsync(authenticator: file);
            string output = await PahoScript.RunAsync(server.Port, """
                for v5 in (False, True):
                    for password in ("password-1", "wrong"):
                        answer = []
                        event = threading.Event()
                        c = new_client("c", v5)
                        c.username_pw_set("meter", password)
                        def on_connect(client, userdata, flags, rc, properties=None):
                            answer.append(rc if isinstance(rc, int) else rc.value)
                            event.set()
                        c.on_connect = on_connect
                        c.connect("127.0.0.1", PORT, 30)
                        c.loop_start()
                        assert event.wait(20)
                        say("%s %s %s" % (v5, password, answer[0]))
                        c.loop_stop()
                        c.disconnect()
                """);
            Assert.Contains("False password-1 0", output, StringComparison.Ordinal);
            Assert.Contains("True password-1 0", output, StringComparison.Ordinal);
            Assert.Matches("False wrong [45]", output);
            Assert.Contains("True wrong 134", output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
