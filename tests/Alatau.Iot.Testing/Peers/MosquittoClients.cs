using System.Globalization;

namespace Alatau.Iot.Testing.Peers;

/// <summary>mosquitto_pub and mosquitto_sub against a broker on loopback.</summary>
public static class MosquittoClients
{
    /// <summary>Null when installed, else why a test has to be skipped.</summary>
    public static string? Missing
        => ProcessPeer.Find("mosquitto_pub") is null || ProcessPeer.Find("mosquitto_sub") is null ? "mosquitto-clients isn't installed" : null;

    /// <summary>Publishes and waits for the program's end; answers its exit code and output.</summary>
    public static async Task<(int ExitCode, string Output)> PublishAsync(int port, string topic, string message, params string[] more)
    {
        await using ProcessPeer peer = ProcessPeer.Start(
            ProcessPeer.Find("mosquitto_pub") ?? throw new InvalidOperationException(Missing), [.. Address(port), "-t", topic, "-m", message, .. more]);
        int code = await peer.WaitForExitAsync();
        return (code, peer.Output);
    }

    /// <summary>Publishes with arguments of the caller's own (for example <c>-f file</c> or <c>-l</c>).</summary>
    public static ProcessPeer StartPublisher(int port, params string[] arguments)
        => ProcessPeer.Start(ProcessPeer.Find("mosquitto_pub") ?? throw new InvalidOperationException(Missing), [.. Address(port), .. arguments]);

    /// <summary>Subscribes and answers once the subscription is acknowledged; every message is a line of the peer's output.</summary>
    public static async Task<ProcessPeer> SubscribeAsync(int port, string filter, params string[] more)
    {
        // Into a pipe its output would wait for a full buffer: stdbuf makes it one line at a time.
        ProcessPeer peer = ProcessPeer.Start(
            ProcessPeer.Find("stdbuf") ?? throw new InvalidOperationException("stdbuf (coreutils) isn't installed"),
            ["-oL", ProcessPeer.Find("mosquitto_sub") ?? throw new InvalidOperationException(Missing), .. Address(port), "-d", "-t", filter, .. more]);
        await peer.WaitForAsync("Subscribed (mid");
        return peer;
    }

    private static string[] Address(int port) => ["-h", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)];
}
