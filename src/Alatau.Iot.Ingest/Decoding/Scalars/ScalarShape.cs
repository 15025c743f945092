using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;
using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding.Scalars;

/// <summary>One value a message; the topic's <c>{field}</c> names it.</summary>
/// <param name="Fields">The first whose pattern fits is the field.</param>
/// <param name="ValueAt">Place of the value in a payload that is a JSON object, in slot 0; null when payloads are plain text only.</param>
/// <param name="IgnoresUnmapped">What becomes of topics that no field fits.</param>
internal sealed record ScalarShape(IReadOnlyList<(NamePattern Name, FieldRule Rule)> Fields, JsonPlace? ValueAt, bool IgnoresUnmapped) : MessageShape
{
    /// <summary>Name of the capture that names the field.</summary>
    internal const string FieldCapture = "field";
}
