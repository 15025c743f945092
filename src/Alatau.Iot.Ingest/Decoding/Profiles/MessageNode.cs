using Alatau.Iot.Core.Files;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>One message of a profile with all its members read, whatever the format makes of them.</summary>
internal sealed record MessageNode(
    FileNode Node,
    IReadOnlyList<(FieldEntry Entry, IReadOnlyList<JsonPath.Step> At, string Suffix)> Fields,
    FileNode? Time,
    FileNode? When,
    string? Sequence,
    string? Value,
    bool IgnoresUnmapped,
    bool TakesCanonicalNames,
    bool SplitsByName)
{
    /// <summary>Reports members that this format has no use for.</summary>
    internal void Refuse(string format, params ReadOnlySpan<string> members)
    {
        foreach (string member in members)
        {
            if (Node.Has(member))
            {
                Node.FaultAt(member, $"Format {format} has no use for it", "Remove it");
            }
        }
    }
}
