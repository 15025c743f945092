namespace Alatau.Iot.Simulator.Scenarios;

/// <summary>When a scenario begins.</summary>
public enum ScenarioStart
{
    /// <summary>At an instant that the file names.</summary>
    Instant,

    /// <summary>When it is played.</summary>
    Now,

    /// <summary>At the last local midnight of the fleet's first site; played as fast as the broker takes it until it caught up with the clock, then live.</summary>
    Today,

    /// <summary>At the first row of its recordings.</summary>
    Recording,
}
