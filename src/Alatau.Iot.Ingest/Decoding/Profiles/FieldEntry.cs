using Alatau.Iot.Core.Files;
using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Json;

namespace Alatau.Iot.Ingest.Decoding.Profiles;

/// <summary>One field of a profile, read and checked, not yet bound to a place.</summary>
/// <param name="Node">Where it stands.</param>
/// <param name="Path">Its path; null when it is given by name.</param>
/// <param name="Name">Its name pattern; null when it is given by path.</param>
/// <param name="WhenUnit">Unit a value must be in.</param>
/// <param name="Rule">What becomes of a value.</param>
/// <param name="MeasurandName">Name of its measurand.</param>
/// <param name="UnitFrom">Path of the unit, with the device's own symbols.</param>
/// <param name="Suffixes">Suffixes for the items of <c>[*]</c>.</param>
internal sealed record FieldEntry(
    FileNode Node,
    List<JsonPath.Step>? Path,
    NamePattern? Name,
    string? WhenUnit,
    FieldRule Rule,
    string MeasurandName,
    FieldUnit? UnitFrom,
    IReadOnlyList<string> Suffixes);

/// <summary>Where a field's unit stands.</summary>
internal sealed record FieldUnit(List<JsonPath.Step> Path, IReadOnlyList<(byte[] Symbol, double Scale, double Offset)> Own, bool HasFallback);
