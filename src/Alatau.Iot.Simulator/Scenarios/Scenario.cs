using Alatau.Iot.Core.Assets;
using Alatau.Iot.Core.Fleets;
using Alatau.Iot.Core.Time;
using Alatau.Iot.Simulator.Faults;
using Alatau.Iot.Simulator.Physics.Weather;
using Alatau.Iot.Simulator.Recordings;

namespace Alatau.Iot.Simulator.Scenarios;

/// <summary>A story that devices tell: who reports, from when, how fast, under which sky, and what goes wrong. Immutable and validated.</summary>
public sealed record Scenario
{
    /// <summary>Simulated time runs as fast as the broker takes it.</summary>
    public const double MaximumSpeed = double.PositiveInfinity;

    /// <summary>The file's name without its ending.</summary>
    public required string Name { get; init; }

    /// <summary>Who reports; null when recordings are all there is.</summary>
    public Fleet? Fleet { get; init; }

    /// <summary>The fleet's file; empty without one.</summary>
    public string FleetFile { get; init; } = "";

    /// <summary>The same seed gives the same readings.</summary>
    public long Seed { get; init; }

    public ScenarioStart Start { get; init; }

    /// <summary>The start when <see cref="Start"/> is an instant.</summary>
    public Instant StartInstant { get; init; }

    /// <summary>Simulated seconds a second, of all but the recordings that have a speed of their own; <see cref="MaximumSpeed"/> is as fast as the broker takes it. Default 1.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Simulated time to play; null goes on until it is stopped (or the recordings end).</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The step between readings while catching up with the clock. Default one minute.</summary>
    public TimeSpan CatchUpStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often each kind of device reports; a kind that is missing takes its asset's own interval, and then one minute.</summary>
    public IReadOnlyDictionary<AssetKind, TimeSpan> Intervals { get; init; } = new Dictionary<AssetKind, TimeSpan>();

    /// <summary>MQTT quality of service, 0 or 1. Default 1.</summary>
    public int QualityOfService { get; init; } = 1;

    public SkyCondition Sky { get; init; }

    /// <summary>Added to the climate's temperatures, K.</summary>
    public double TemperatureOffset { get; init; }

    public IReadOnlyList<Recording> Recordings { get; init; } = [];

    public IReadOnlyList<Fault> Faults { get; init; } = [];
}
