using System.Text.Json;

namespace Alatau.Iot.Host.Recovery;

/// <summary>How many messages each route had brought when a checkpoint was taken; stands beside the checkpoint.</summary>
internal static class ReceivedCounts
{
    public static void Write(string file, IReadOnlyList<string> routes, IReadOnlyList<long> received)
    {
        using var stream = new FileStream(file, FileMode.Create);
        JsonSerializer.Serialize(stream, routes.Select((name, i) => (name, i)).ToDictionary(r => r.name, r => received[r.i], StringComparer.Ordinal));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Empty when there is no such file.</summary>
    public static IReadOnlyDictionary<string, long> Read(string file) =>
        File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllBytes(file)) ?? [] : new Dictionary<string, long>(StringComparer.Ordinal);
}
