using System.Text;
using Alatau.Iot.Core.Files;
using Alatau.Iot.Ingest.Decoding;

namespace Alatau.Iot.Files.Tests.Profiles;

/// <summary>Published payloads of real devices and standards, decoded with the shipped profiles.</summary>
public sealed class ReferencePayloadTests
{
    [Theory]
    [InlineData("shellypro3em-aabbccddeeff/status")]
    [InlineData("shellies/meter/status")]
    public void Decode_ShellyStatus_GivesWattVoltAmpereWattHours(string topic)
    {
        var found = Decode(topic, "payloads/shelly_pro3em_status.json");

        Assert.Equal(30, found.Count);
        Assert.Equal(
            (375.5, 170.8, 12.7, 558.965, 882.413, 229.0, 2.392, 3.856, 0.76, 50.0),
            (found["activePower.l1"], found["activePower.l2"], found["activePower.l3"], found["activePower"], found["apparentPower"], found["voltage.l1"], found["current.l1"], found["current"], found["powerFactor.l1"], found["frequency.l1"]));
        Assert.Equal(
            (2589773.39, 1026.61, 2034616.71, 40.7, 46.6),
            (found["energyImport"], found["energyExport"], found["energyImport.l1"], found["energyExport.l2"], found["deviceTemperature"]));
        Assert.DoesNotContain("current.n", found.Keys);
    }

    private static Dictionary<string, double> Decode(string topic, string file)
    {
        string? path = Tree.Shared(file);
        if (path is null)
        {
            Assert.Skip($"shared/data/{file} is in no folder above the tree");
        }

        var catalog = ProfileCatalog.Load(Tree.Profiles, new FileFaults());
        Assert.True(catalog.TryMatch(Encoding.UTF8.GetBytes(topic), out var match));
        var buffer = new ReadingBuffer();
        var result = new PayloadDecoders(catalog).For(match).Decode(File.ReadAllBytes(path), new DecodeContext(ProfileCase.Arrival, Retained: false, TimeZoneInfo.Utc), buffer);
        Assert.True(result.Outcome == DecodeOutcome.Decoded, result.Detail);
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var reading in buffer.Readings)
        {
            found[catalog.Measurands[reading.Measurand].Name] = reading.Value;
        }

        return found;
    }
}
