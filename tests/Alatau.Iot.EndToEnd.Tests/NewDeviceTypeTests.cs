using Alatau.Iot.Testing.Peers;

namespace Alatau.Iot.EndToEnd.Tests;

/// <summary>A device type nobody here knew is a folder, not code.</summary>
public sealed class NewDeviceTypeTests
{
    [Fact]
    public async Task Profile_DroppedIntoTheFolder_IsSpokenByTheNextStart()
    {
        Assert.SkipWhen(MosquittoClients.Missing is not null, MosquittoClients.Missing ?? "");
        using var devices = new DevicesCopy();
        devices.Add("profiles/acme-pump/profile.json", """
            {
              "displayName": "ACME pump",
              "description": "Power in kW, energy in MWh, both as the pump's paper says.",
              "messages": [
                {
                  "topics": ["acme/{device}/state"],
                  "format": "json",
                  "fields": [
                    { "path": "drive.p", "measurand": "activePower", "unit": "kW" },
                    { "path": "drive.e", "measurand": "energyImport", "unit": "MWh" },
                    { "path": "coil", "measurand": "deviceTemperature", "unit": "degF" }
                  ]
                }
              ]
            }
            """);
        await using var platform = await AlatauProcess.StartAsync("run", ["--devices", devices.Path, "--set", "Ingest:AutoRegister=true"]);
        var sent = await MosquittoClients.PublishAsync(platform.MqttPort, "acme/pump7/state", """{"drive":{"p":1.25,"e":0.5},"coil":122}""", "-q", "1");
        Assert.Equal(0, sent.ExitCode);
        var asset = await platform.UntilAsync("api/v1/assets/field/pump7", a => a.GetProperty("values").GetArrayLength() == 3);
        Assert.Equal((1250.0, "W"), (asset.ValueOf("activePower"), asset.Values["activePower"].Text("unit")));
        Assert.Equal((500_000.0, "Wh"), (asset.ValueOf("energyImport"), asset.Values["energyImport"].Text("unit")));
        Assert.Equal(50, asset.ValueOf("deviceTemperature"), 1e-9);
    }
}
