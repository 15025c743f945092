using System.Text;
using System.Text.Json;
using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.Simulator.Tests.Playing;

/// <summary>What a real mosquitto_sub has seen: one line a message, topic and payload.</summary>
internal sealed class SubscribedMessages(ProcessPeer peer) : IAsyncDisposable
{
    /// <summary>Lines begin with this, so that the program's own chatter is not counted.</summary>
    private const string Mark = "== ";

    internal static async Task<SubscribedMessages> StartAsync(int port, string filter = "#", params string[] more) =>
        new(await MosquittoClients.SubscribeAsync(port, filter, ["-q", "1", "-F", Mark + "%t %p", .. more]));

    internal Task WaitForCountAsync(long count) =>
        peer.WaitForAsync(output => Lines(output).Count() >= count, $"{count} messages", TimeSpan.FromSeconds(20));

    internal List<(string Topic, string Payload)> All() =>
        [.. Lines(peer.Output).Select(line => (line[..line.IndexOf(' ', StringComparison.Ordinal)], line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]))];

    /// <summary>The messages of one topic as JSON.</summary>
    internal List<JsonElement> Json(string topic) =>
        [.. All().Where(message => message.Topic == topic).Select(message => JsonDocument.Parse(Encoding.UTF8.GetBytes(message.Payload)).RootElement)];

    public ValueTask DisposeAsync() => peer.DisposeAsync();

    private static IEnumerable<string> Lines(string output) =>
        output.Split('\n').Where(line => line.StartsWith(Mark, StringComparison.Ordinal)).Select(line => line[Mark.Length..].TrimEnd('\r'));
}
