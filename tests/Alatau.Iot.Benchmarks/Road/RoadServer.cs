namespace Alatau.Iot.Benchmarks.Road;

/// <summary>One of those that are compared.</summary>
/// <param name="Name">As in the table.</param>
/// <param name="Store">Store of the platform; null for mosquitto.</param>
/// <param name="IsRelayed">Whether a subscriber takes every message from it.</param>
/// <param name="IsJournaled">Whether the platform writes every message to its journal before it acknowledges.</param>
internal sealed record RoadServer(string Name, string? Store, bool IsRelayed, bool IsJournaled = true)
{
    /// <summary>The one all ratios refer to.</summary>
    public static RoadServer Relay { get; } = new("mosquitto, relaying to one subscriber", null, true);

    public static IReadOnlyList<RoadServer> All { get; } =
    [
        new("mosquitto, swallowing", null, false),
        Relay,
        new("Alatau.Iot, store none, no journal", "none", false, IsJournaled: false),
        new("Alatau.Iot, store none", "none", false),
        new("Alatau.Iot, SQLite", "sqlite", false),
        new("Alatau.Iot, InfluxDB", "influx", false),
    ];

    /// <summary>Whether rows go to a database: such a run gets a quarter of the messages.</summary>
    public bool IsStored => Store is "sqlite" or "influx";
}
