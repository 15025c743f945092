using Alatau.Iot.Core.Files;
using Alatau.Iot.Simulator.Scenarios;

namespace Alatau.Iot.Simulator.Tests.Playing;

/// <summary>A folder with a small fleet and a scenario of the test's own.</summary>
internal sealed class TemporaryScenario : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("alatau-scenario-").FullName;

    internal const string SmallFleet = """
        { "name": "small",
          "sites": [ { "name": "s", "latitude": 43.7, "longitude": 77.1, "altitudeMetres": 560 } ],
          "assets": [
            { "id": "s/t", "kind": "transformer", "ratedPowerWatts": 250000 },
            { "id": "s/f", "kind": "feeder", "fedBy": "s/t" },
            { "id": "s/m1", "kind": "meter", "fedBy": "s/f", "attributes": { "phases": 1, "annualKilowattHours": 3000 } },
            { "id": "s/m2", "kind": "meter", "fedBy": "s/f", "attributes": { "phases": 3, "loadProfile": "G4", "annualKilowattHours": 20000 } },
            { "id": "s/pv", "kind": "solar", "fedBy": "s/m2", "ratedPowerWatts": 8000 },
            { "id": "s/room", "kind": "building", "attributes": { "use": "school", "people": 25 } }
          ] }
        """;

    internal TemporaryScenario(string scenario, string? fleet = SmallFleet, string? csv = null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "scenarios"));
        Directory.CreateDirectory(Path.Combine(folder, "fleets"));
        File.WriteAllText(ScenarioPath, scenario);
        if (fleet is not null)
            File.WriteAllText(Path.Combine(folder, "fleets", "small.json"), fleet);
        if (csv is not null)
            File.WriteAllText(Path.Combine(folder, "scenarios", "data.csv"), csv);
    }

    internal string ScenarioPath => Path.Combine(folder, "scenarios", "play.json");

    internal string TruthPath => Path.Combine(folder, "truth.jsonl");

    internal Scenario Load()
    {
        var faults = new FileFaults();
        var scenario = ScenarioLoader.Load(ScenarioPath, faults);
        Assert.Empty(faults.All);
        return scenario!;
    }

    internal IReadOnlyList<FileFault> Faults()
    {
        var faults = new FileFaults();
        Assert.Null(ScenarioLoader.Load(ScenarioPath, faults));
        return faults.All;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
