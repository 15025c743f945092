using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Dialects;
using Alatau.Iot.Simulator.Scenarios;

namespace Alatau.Iot.Simulator.Recordings;

/// <summary>A recorded CSV file as the messages its device would have published, without a broker between.</summary>
public static class RecordedMessages
{
    /// <summary>Reads a recording as a scenario names it, and its file.</summary>
    /// <param name="name">What faults name as their file.</param>
    /// <param name="utf8">One item of a scenario's recordings, JSON.</param>
    /// <param name="faults">Takes what is wrong.</param>
    /// <returns>Null when something was.</returns>
    public static Recording? Read(string name, ReadOnlyMemory<byte> utf8, FileFaults faults) =>
        FileNode.Parse(name, utf8, faults) is { } node ? RecordingReader.Read(node, Path.Combine(Environment.CurrentDirectory, name), new ScenarioLoadOptions()) : null;

    /// <summary>The topic its device publishes on.</summary>
    public static string TopicOf(Recording recording) => new NativeDialect(recording.Asset).Topic;

    /// <summary>Row by row, ascending in time. A payload is valid until the next is asked for.</summary>
    public static IEnumerable<(Instant At, ReadOnlyMemory<byte> Payload)> Of(Recording recording)
    {
        var dialect = new NativeDialect(recording.Asset);
        var payload = new PayloadWriter();
        var width = recording.Layout.Count;
        var said = new double[width];
        for (var row = 0; row < recording.Times.Length; row++)
        {
            payload.Clear();
            dialect.Write(payload, recording.Layout, recording.Values.AsSpan(row * width, width), recording.Times[row], row + 1, said);
            yield return (recording.Times[row], payload.WrittenMemory);
        }
    }
}
