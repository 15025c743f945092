using System.Text;
using Alatau.Iot.Ingest.Decoding;
using Alatau.Iot.Testing;

namespace Alatau.Iot.Ingest.Tests.Decoding;

/// <summary>Good messages of the formats without memory are decoded without a byte on the heap.</summary>
public sealed class AllocationTests
{
    [Theory]
    [InlineData("native/normal")]
    [InlineData("native/edge-list-out-of-order")]
    [InlineData("shelly-pro-3em/normal-whole-status")]
    [InlineData("shelly-pro-3em/normal-notify-status")]
    [InlineData("tasmota-energy/edge-channels")]
    [InlineData("zigbee2mqtt/normal-plug")]
    [InlineData("chirpstack-v4/normal")]
    [InlineData("senml-json/normal")]
    [InlineData("senml-cbor/normal")]
    [InlineData("sparkplug-b/normal-data-by-alias")]
    [InlineData("victron/normal")]
    [InlineData("esphome/normal")]
    [InlineData("opendtu/normal")]
    public void Decode_GoodMessage_AllocatesNothing(string name)
    {
        string folder = ProjectRoot.Of("devices", "profiles", name.Split('/')[0], "cases", name.Split('/')[1]);
        var decoders = new PayloadDecoders(DecodingFixture.Shipped);
        var buffer = new ReadingBuffer();
        foreach (string before in Directory.Exists(Path.Combine(folder, "before")) ? Directory.GetDirectories(Path.Combine(folder, "before")) : [])
        {
            Load(before, decoders, out byte[] earlier).Decode(earlier, DecodingFixture.Context, buffer);
        }

        var decoder = Load(folder, decoders, out byte[] payload);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(DecodeOutcome.Decoded, decoder.Decode(payload, DecodingFixture.Context, buffer).Outcome);
        }

        Assert.Equal(0, Allocations.LeastOf(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                decoder.Decode(payload, DecodingFixture.Context, buffer);
            }
        }));
    }

    private static PayloadDecoder Load(string folder, PayloadDecoders decoders, out byte[] payload)
    {
        payload = File.ReadAllBytes(Directory.GetFiles(folder, "payload.*")[0]);
        Assert.True(DecodingFixture.Shipped.TryMatch(Encoding.UTF8.GetBytes(File.ReadAllLines(Path.Combine(folder, "topic.txt"))[0]), out var match));
        return decoders.For(match);
    }
}
