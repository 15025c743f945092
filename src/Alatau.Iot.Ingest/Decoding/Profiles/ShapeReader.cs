using Alatau.Iot.Core.Files;
using Alatau.Iot.Core.Measurands;
using Alatau.Iot.Ingest.Decoding.Topics;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>Compiles the messages of one profile.</summary>
internal sealed class ShapeReader(Profile profile, MeasurandCatalog measurands, FileNode root)
{
    /// <summary>Compiles one message; null when it is faulty.</summary>
    internal MessageShape? Read(FileNode node, IReadOnlyList<TopicTemplate> topics)
    {
        _ = (profile, measurands, root, topics);
        string? format = node.Text("format", required: true);
        node.ReportUnknown();
        switch (format)
        {
            case "native":
                return new NativeShape();
            case null:
                return null;
            default:
                node.FaultAt("format", $"'{format}' is not known here", "Write one of: native");
                return null;
        }
    }
}
