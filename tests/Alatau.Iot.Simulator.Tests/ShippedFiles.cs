namespace Alatau.Iot.Simulator.Tests;

/// <summary>Finds the files under devices/ that ship with the product.</summary>
internal static class ShippedFiles
{
    internal static string Scenario(string name) => Path.Combine(Devices, "scenarios", name + ".json");

    internal static string Devices
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                var devices = Path.Combine(folder.FullName, "devices");
                if (File.Exists(Path.Combine(folder.FullName, "Alatau.Iot.sln")) && Directory.Exists(devices))
                    return devices;
            }

            throw new DirectoryNotFoundException("No devices/ above the tests' assembly.");
        }
    }
}
