using Alatau.Iot.Ingest.Decoding.Fields;
using Alatau.Iot.Ingest.Decoding.Profiles;

namespace Alatau.Iot.Ingest.Decoding.SenMl;

/// <summary>SenML packs (RFC 8428).</summary>
/// <param name="IsCbor">Binary representation (clause 6) instead of JSON (clause 5).</param>
/// <param name="Names">Which measurand a record's name and unit mean.</param>
/// <param name="SplitsByName">True: the part of the name before the measurand is the device, each a segment. False: all is the topic's device.</param>
/// <param name="IgnoresUnmapped">What becomes of a pack in which nothing is mapped.</param>
internal sealed record SenMlShape(bool IsCbor, NameMap Names, bool SplitsByName, bool IgnoresUnmapped) : MessageShape;
