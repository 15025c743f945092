namespace Alatau.Iot.Simulator.Playing;

/// <summary>Where a scenario is played to, and what of it is changed for this time.</summary>
public sealed record ScenarioPlayerOptions
{
    public const int DefaultMaximumInFlight = 64;

    /// <summary><c>mqtt://host:port</c> or <c>mqtts://host:port</c>; user and password may stand in it.</summary>
    public required string Broker { get; init; }

    /// <summary>Overrides the user of the address; one user for all devices.</summary>
    public string? User { get; init; }

    /// <summary>Never logged.</summary>
    public string? Password { get; init; }

    /// <summary>PEM file of the authority behind the broker's certificate; null trusts the system's.</summary>
    public string? AuthorityPath { get; init; }

    /// <summary>Replaces the scenario's seed.</summary>
    public long? Seed { get; init; }

    /// <summary>Replaces the scenario's speed; ignored by a scenario that starts today, and by a recording with a speed of its own. <see cref="Scenarios.Scenario.MaximumSpeed"/> is as fast as the broker takes it.</summary>
    public double? Speed { get; init; }

    /// <summary>Replaces the scenario's duration.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Replaces the scenario's quality of service, 0 or 1.</summary>
    public int? QualityOfService { get; init; }

    /// <summary>Messages of one device that the broker has not acknowledged, at most; then the whole play waits. Default 64.</summary>
    public int MaximumInFlight { get; init; } = DefaultMaximumInFlight;

    /// <summary>Client ids begin with it. Default <c>sim-</c>.</summary>
    public string ClientIdPrefix { get; init; } = "sim-";

    /// <summary>Where to write what was really published, as JSON lines; null writes nothing.</summary>
    public string? TruthPath { get; init; }

    /// <summary>How long the first connections may take. Default 30 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the last messages may take to be acknowledged when the play was stopped. Default 3 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(3);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
