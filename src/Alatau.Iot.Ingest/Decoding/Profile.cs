using Alatau.Iot.Core.Measurands;

namespace Alatau.Iot.Ingest.Decoding;

/// <summary>How one type of device speaks: topics, formats and what becomes of its fields. A validated folder under <c>devices/profiles</c>.</summary>
/// <param name="Name">The folder's name; what a fleet's binding and the command line say.</param>
/// <param name="DisplayName">What people call the device type.</param>
/// <param name="Description">For whoever connects such a device; may be empty.</param>
/// <param name="TimeZone">Zone of local stamps; null takes the site's.</param>
/// <param name="TopicFilters">MQTT topic filters that cover its templates; what a bridge subscribes to.</param>
/// <param name="Declared">Measurands it adds to the canonical ones.</param>
public sealed record Profile(
    string Name,
    string DisplayName,
    string Description,
    TimeZoneInfo? TimeZone,
    IReadOnlyList<string> TopicFilters,
    IReadOnlyList<Measurand> Declared);
