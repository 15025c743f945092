using Alatau.Iot.Core.Files;
using Alatau.Iot.Host.Settings;
using Alatau.Iot.Simulator.Scenarios;

namespace Alatau.Iot.Host.Wiring;

/// <summary>Finds a scenario by name or file and reads it.</summary>
internal static class ScenarioFiles
{
    /// <summary>The file a person means by <paramref name="named"/>: a path, or a name under <c>devices/scenarios</c>.</summary>
    public static string Find(string? devicesFolder, string named) =>
        devicesFolder is null || File.Exists(named) || named.EndsWith(".json", StringComparison.Ordinal)
            ? named
            : Path.Combine(devicesFolder, "scenarios", named + ".json");

    /// <exception cref="SettingsFaultException">The scenario, its fleet or its recordings are wrong; all faults are in it.</exception>
    public static Scenario Load(string file, ScenarioLoadOptions? options = null)
    {
        var faults = new FileFaults();
        return ScenarioLoader.Load(file, faults, options) is { } scenario && !faults.Any
            ? scenario
            : throw new SettingsFaultException([.. SettingsFaultException.Of(faults)]);
    }
}
