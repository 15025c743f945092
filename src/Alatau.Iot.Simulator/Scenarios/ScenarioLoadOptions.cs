namespace Alatau.Iot.Simulator.Scenarios;

/// <summary>How a scenario file is loaded.</summary>
public sealed record ScenarioLoadOptions
{
    /// <summary>The environment variable that names a folder of recordings when the option does not.</summary>
    public const string RecordingsVariable = "ALATAU_RECORDINGS";

    /// <summary>Where recordings are looked for that do not lie beside the scenario; null takes the environment variable.</summary>
    public string? RecordingsFolder { get; init; }

    /// <summary>True (default) reads the recordings, as playing needs. False only checks what the scenario says of them, so that it can be checked where they are not.</summary>
    public bool OpenRecordings { get; init; } = true;
}
