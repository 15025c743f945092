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

    [Theory]
    [InlineData("json", "payloads/senml_ex1.json", "ambientTemperature=23.1@arrival")]
    [InlineData("json", "payloads/senml_ex2.json", "voltage=120.1@arrival current=1.2@arrival")]
    [InlineData("json", "payloads/senml_ex3.json", Ex3)]
    [InlineData("cbor", "payloads/senml_ex3.cbor", Ex3)]
    [InlineData("json", "payloads/senml_ex4.json", "humidity=21.2@1320067464000 humidity=21.3@1320067474000 humidity=21.4@1320067484000 humidity=21.4@1320067494000 humidity=21.5@1320067504000 humidity=21.5@1320067514000 humidity=21.5@1320067524000 humidity=21.6@1320067534000 humidity=21.7@1320067544000 humidity=21.5@1320067554000 humidity=21.5@1320067555000 humidity=21.5@1320067556000")]
    public void Decode_ExamplesOfRfc8428_GivesWhatTheRfcResolves(string format, string file, string expected)
    {
        var catalog = ProfileCatalog.Load(Tree.Profiles, new FileFaults());
        var buffer = Read(catalog, new PayloadDecoders(catalog), $"senml/{format}/probe", Payload(file));

        Assert.Equal(
            expected,
            string.Join(' ', buffer.Readings.ToArray().Select(r => FormattableString.Invariant($"{catalog.Measurands[r.Measurand].Name}={r.Value}@{(r.MeasuredAt == ProfileCase.Arrival ? "arrival" : r.MeasuredAt.UnixMilliseconds)}"))));
    }

    [Fact]
    public void Decode_SparkplugExample_GivesSupplyVoltageOnceTheNodeIsBorn()
    {
        byte[] data = Payload("payloads/sparkplug_ndata_supply_voltage.bin");
        var catalog = ProfileCatalog.Load(Tree.Profiles, new FileFaults());
        var decoders = new PayloadDecoders(catalog);

        // The same bytes are a birth too: a birth is a payload like any other.
        Read(catalog, decoders, "spBv1.0/g/NBIRTH/n", data);
        var reading = Assert.Single(Read(catalog, decoders, "spBv1.0/g/NDATA/n", data).Readings.ToArray());

        Assert.Equal(("voltage", (double)12.3f, 1486144502122), (catalog.Measurands[reading.Measurand].Name, reading.Value, reading.MeasuredAt.UnixMilliseconds));
    }

    private const string Ex3 = "voltage=120.1@1276020076001 current=1.2@1276020071001 current=1.3@1276020072001 current=1.4@1276020073001 current=1.5@1276020074001 current=1.6@1276020075001 current=1.7@1276020076001";

    private static byte[] Payload(string file)
    {
        string? path = Tree.Shared(file);
        if (path is null)
        {
            Assert.Skip($"shared/data/{file} is in no folder above the tree");
        }

        return File.ReadAllBytes(path);
    }

    private static ReadingBuffer Read(ProfileCatalog catalog, PayloadDecoders decoders, string topic, byte[] payload)
    {
        Assert.True(catalog.TryMatch(Encoding.UTF8.GetBytes(topic), out var match));
        var buffer = new ReadingBuffer();
        var result = decoders.For(match).Decode(payload, new DecodeContext(ProfileCase.Arrival, Retained: false, TimeZoneInfo.Utc), buffer);
        Assert.True(result.Outcome == DecodeOutcome.Decoded, result.Detail);
        return buffer;
    }

    private static Dictionary<string, double> Decode(string topic, string file)
    {
        var catalog = ProfileCatalog.Load(Tree.Profiles, new FileFaults());
        var buffer = Read(catalog, new PayloadDecoders(catalog), topic, Payload(file));
        var found = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var reading in buffer.Readings)
        {
            found[catalog.Measurands[reading.Measurand].Name] = reading.Value;
        }

        return found;
    }
}
