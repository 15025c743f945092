using System.Globalization;
using System.Text;
using Alatau.Iot.Benchmarks.Road;
using Alatau.Iot.Simulator.Load;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Benchmarks.Assets;

/// <summary>A devices folder with the shipped profiles and rules and a fleet of meters: self-registered assets have no kind, so that most rules would not apply to them.</summary>
internal static class MeterFleet
{
    /// <summary>Rules of the shipped folder that apply to a meter: device-silent, frequency-high, frequency-low, voltage-high, voltage-low.</summary>
    public const int Rules = 5;

    /// <summary>Writes the folder for <paramref name="meters"/> assets, 0 for none, named as the load generator names them.</summary>
    public static void Write(TempFolder folder, int meters)
    {
        foreach (string part in (string[])["profiles", "alarm-rules"])
        {
            string from = ProjectRoot.Of("devices", part);
            foreach (string file in Directory.EnumerateFiles(from, "*.json", SearchOption.AllDirectories))
            {
                string to = Path.Combine(folder.Path, part, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }

        string fleets = Directory.CreateDirectory(folder.File("fleets")).FullName;
        if (meters == 0)
        {
            return;
        }

        var json = new StringBuilder("{\"name\": \"bench\", \"sites\": [{\"name\": \"" + LoadPlan.Site + "\", \"displayName\": \"Bench\", \"timeZone\": \"Asia/Almaty\"}], \"assets\": [");
        for (int i = 0; i < meters; i++)
        {
            json.Append(i == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $$"""
                {"id": "{{LoadPlan.Site}}/{{LoadPacket.FirstAsset + i}}", "kind": "meter", "displayName": "Meter {{i}}", "reportingInterval": "1m", "ratedPowerWatts": 9000}
                """);
        }

        File.WriteAllText(Path.Combine(fleets, "bench.json"), json.Append("]}").ToString());
    }
}
