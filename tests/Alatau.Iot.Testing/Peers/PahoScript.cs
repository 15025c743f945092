using System.Globalization;

namespace Alatau.Iot.Testing.Peers;

/// <summary>A Python script that uses paho-mqtt, run by the system's Python.</summary>
/// <remarks>The script sees <c>PORT</c>, <c>mqtt</c> (paho.mqtt.client), <c>props</c> (paho.mqtt.properties), <c>pt</c> (paho.mqtt.packettypes),
/// <c>sys</c>, <c>time</c>, <c>threading</c>, <c>new_client(id, v5)</c> that works with paho 1 and 2, and <c>say(text)</c> that prints at once.</remarks>
public static class PahoScript
{
    private const string Prelude = """
        import sys, time, threading
        import paho.mqtt.client as mqtt
        import paho.mqtt.properties as props
        import paho.mqtt.packettypes as pt
        from paho.mqtt.subscribeoptions import SubscribeOptions
        PORT = int(sys.argv[1])
        def say(text):
            print(text, flush=True)
        def new_client(client_id, v5=False, **more):
            protocol = mqtt.MQTTv5 if v5 else mqtt.MQTTv311
            if hasattr(mqtt, "CallbackAPIVersion"):
                return mqtt.Client(mqtt.CallbackAPIVersion.VERSION1, client_id=client_id, protocol=protocol, **more)
            return mqtt.Client(client_id=client_id, protocol=protocol, **more)

        """;

    private static readonly Lazy<string?> Absence = new(Look);

    /// <summary>Null when Python and paho-mqtt are installed, else why a test has to be skipped.</summary>
    public static string? Missing => Absence.Value;

    public static ProcessPeer Start(int port, string script)
        => ProcessPeer.Start("/usr/bin/python3", ["-c", Prelude + script, port.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>Runs to the end; a non-zero exit code throws with the output.</summary>
    public static async Task<string> RunAsync(int port, string script, TimeSpan? timeout = null)
    {
        await using ProcessPeer peer = Start(port, script);
        int code = await peer.WaitForExitAsync(timeout);
        return code == 0 ? peer.Output : throw new InvalidOperationException($"The script ended with {code}:\n{peer.Output}");
    }

    private static string? Look()
    {
        if (!File.Exists("/usr/bin/python3"))
            return "/usr/bin/python3 isn't installed";
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["-c", "import paho.mqtt.client"]) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode == 0 ? null : "python3-paho-mqtt isn't installed";
    }
}
